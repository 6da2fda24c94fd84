import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTcpProxy, createTestDatabase, eventually, startRedis } from '../src/index.ts'
import { redisCommand } from '../src/redis-command.ts'

const closers: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closers.reverse()) await close()
})

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

describe('createTestDatabase', () => {
  it('gives each caller a database of its own, which can go away and come back', async () => {
    const [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()])
    closers.push(a.drop, b.drop)
    expect(a.name).not.toBe(b.name)
    await a.stop()
    expect(await Promise.all([answers(a.url), answers(b.url)])).toEqual([false, true])
    await a.start()
    expect(await answers(a.url)).toBe(true)
  })
})

describe('startRedis', () => {
  it('keeps its address over a kill and a start, and its data only with appendOnly', async () => {
    const redis = await startRedis({ appendOnly: true })
    closers.push(redis.close)
    await redisCommand(redis.port, 'SET key value')
    await redis.kill()
    await expect(redisCommand(redis.port, 'PING')).rejects.toThrow()
    await redis.start()
    await expect(redisCommand(redis.port, 'SET key other NX')).rejects.toThrow('$-1')
    await redis.flush()
    await redisCommand(redis.port, 'SET key other NX')
  })

  it('ends when the process that started it is killed', async () => {
    const index = fileURLToPath(new URL('../src/index.ts', import.meta.url))
    const script = `import { startRedis } from ${JSON.stringify(index)}
      console.log((await startRedis()).port); setInterval(() => {}, 1000)`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // No more than it needs, so that nothing of this run keeps its Redis alive.
      env: { PATH: process.env.PATH, TEST_REDIS_SERVER: process.env.TEST_REDIS_SERVER },
    })
    const [line] = await once(owner.stdout, 'data')
    const port = Number(String(line))
    await redisCommand(port, 'PING')
    owner.kill('SIGKILL')
    await eventually(() => expect(redisCommand(port, 'PING')).rejects.toThrow())
  })
})

describe('createTcpProxy', () => {
  it('cuts, stalls and heals the way to its target', async () => {
    const redis = await startRedis()
    const proxy = await createTcpProxy({ port: redis.port })
    closers.push(redis.close, proxy.close)
    await redisCommand(proxy.port, 'PING')
    proxy.cut()
    await expect(redisCommand(proxy.port, 'PING')).rejects.toThrow()
    proxy.stall()
    await expect(redisCommand(proxy.port, 'PING')).rejects.toThrow('did not answer')
    proxy.heal()
    await redisCommand(proxy.port, 'PING')
  })
})
