import { chmod, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createProcess, freePort, type ProcessPlan, type SupervisedProcess } from '../processes/index.ts'
import { unprivilegedAccount } from './account.ts'
import {
  findRedisProgram,
  ProviderUnavailable,
  preparePostgres,
  prepareRedis,
  removePostgres,
  stopLeftoverRedis,
} from './index.ts'

const password = 'a-password-of-this-test'
const running: SupervisedProcess[] = []

const start = async (plan: ProcessPlan | undefined): Promise<SupervisedProcess> => {
  if (plan === undefined) throw new Error('a server of our own was expected')
  const server = createProcess(plan, { onLine: () => {}, onPid: () => {}, onDeath: () => {} })
  running.push(server)
  server.setRestart(false)
  await server.start()
  return server
}

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'latchkey-providers-'))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map(server => server.stop()))
  await removePostgres({ dataDir, password })
  await rm(dataDir, { recursive: true })
})

const select = async (url: string, text: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows[0]
  } finally {
    await client.end()
  }
}

describe('Postgres', () => {
  it('is the one of DATABASE_URL where that is given, and nothing is run', async () => {
    const databaseUrl = 'postgres://someone@db.example/latchkey'
    const prepared = await preparePostgres({ dataDir, databaseUrl, port: 1, password })
    expect(prepared).toMatchObject({ adminUrl: databaseUrl })
    expect(prepared.process).toBeUndefined()
  })

  it('says in one line that it runs as nobody whom the system does not know', async () => {
    const asked = unprivilegedAccount(4711, () => false)
    await expect(asked).rejects.toThrow(ProviderUnavailable)
    await expect(asked).rejects.toThrow(/knows none of the id 4711.*DATABASE_URL\.$/)
  })

  // A temporary folder is 0700: where this runs as root, its Postgres must live elsewhere, as another user.
  it('starts on a folder that only we can enter, keeps its data, and takes over from a launcher that died', async () => {
    const init = { dataDir, port: await freePort(), password }
    const first = await preparePostgres(init)
    const server = await start(first.process)
    await first.ensureDatabase()
    await select(first.adminUrl, 'CREATE TABLE kept AS SELECT 1 AS one')
    const again = await preparePostgres({ ...init, port: await freePort() })
    expect(server.pid).toBeUndefined()
    await start(again.process)
    expect(await select(again.adminUrl, 'SELECT one FROM kept')).toEqual({ one: 1 })
  })

  it('lies in the data folder when that can be reached', async () => {
    await chmod(dataDir, 0o755)
    const { folder } = await preparePostgres({ dataDir, port: await freePort(), password })
    expect(folder).toBe(join(dataDir, 'postgres'))
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o077).toBe(0)
  })
})

const redisInit = (lastPort?: number) => ({
  dataDir,
  lastPort,
  takePort: freePort,
  password,
  path: process.env.PATH ?? '',
  unpackFolder: join(dataDir, 'unpacked'),
  say: () => undefined,
})

describe('Redis', () => {
  it('is the one of REDIS_URL where that is given, and nothing is run', async () => {
    const prepared = await prepareRedis({ ...redisInit(), redisUrl: 'redis://cache.example' })
    expect(prepared).toEqual({ url: 'redis://cache.example', description: 'Redis of REDIS_URL' })
  })

  it('drops nothing, keeps what it is told, asks for a password, and takes over from a launcher that died', async () => {
    const first = await prepareRedis(redisInit())
    const server = await start(first.process)
    const redis = new Redis(first.url)
    redis.on('error', () => undefined)
    expect(await redis.config('GET', 'maxmemory-policy', 'appendonly')).toEqual(
      expect.arrayContaining(['noeviction', 'yes']),
    )
    await redis.set('kept', 'yes')
    redis.disconnect()
    const again = await prepareRedis(redisInit(Number(new URL(first.url).port)))
    expect(server.pid).toBeUndefined()
    await start(again.process)
    const second = new Redis(again.url)
    expect(await second.get('kept')).toBe('yes')
    second.disconnect()
  })

  it('leaves a server alone that does not know the password', async () => {
    const prepared = await prepareRedis(redisInit())
    const server = await start(prepared.process)
    await stopLeftoverRedis({ port: Number(new URL(prepared.url).port), password: 'another' })
    expect(server.pid).toEqual(expect.any(Number))
  })

  it('says in one line what to install where there is none', async () => {
    const nothing = { path: dataDir, unpackFolder: join(dataDir, 'unpacked'), say: () => undefined }
    await expect(findRedisProgram(nothing)).rejects.toThrow(ProviderUnavailable)
    await expect(findRedisProgram(nothing)).rejects.toThrow(
      /Install redis-server or valkey-server.*REDIS_URL\.$/,
    )
  })
})
