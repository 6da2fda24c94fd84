import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, startRedis, type TestRedis } from '@latchkey/testkit'
import type { Redis } from 'ioredis'
import { createLogger } from '../../src/logger/index.ts'
import {
  createRedis,
  isRedisUnavailable,
  onReconnect,
  reconnectDelayMs,
  whenReady,
} from '../../src/redis/index.ts'

let lines: string[] = []
const logger = createLogger({ service: 'test', destination: { write: line => lines.push(line) } })
let server: TestRedis
let clients: Redis[] = []

beforeAll(async () => {
  server = await startRedis()
})

afterEach(() => {
  for (const client of clients) client.disconnect()
  clients = []
  lines = []
})

afterAll(() => server.close())

const aRedis = async (commandTimeoutMs = 20_000): Promise<Redis> => {
  const redis = createRedis({ url: server.url, name: 'test', commandTimeoutMs, logger })
  clients.push(redis)
  await whenReady(redis, 15_000)
  return redis
}

const timed = async (work: Promise<unknown>): Promise<{ error: unknown; elapsedMs: number }> => {
  const beganMs = performance.now()
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  return { error, elapsedMs: performance.now() - beganMs }
}

describe('createRedis', () => {
  it('fails a command at once while Redis is away, and works soon after it is back', async () => {
    const redis = await aRedis(20_000)
    await server.stop()
    await eventually(() => expect(redis.status).toBe('reconnecting'))
    const { error, elapsedMs } = await timed(redis.get('key'))
    expect(isRedisUnavailable(error)).toBe(true)
    // Not by the time-out, nor by a connection that came back.
    expect(elapsedMs).toBeLessThan(10_000)
    await server.start()
    await eventually(async () => expect(await redis.ping()).toBe('PONG'))
  })

  it('fails a command when a frozen Redis does not answer in time', async () => {
    const redis = await aRedis(150)
    server.freeze()
    const { error, elapsedMs } = await timed(redis.get('key'))
    server.thaw()
    expect(isRedisUnavailable(error)).toBe(true)
    expect(elapsedMs).toBeLessThan(10_000)
  })

  it('fails what was under way when the connection broke, and never sends it again', async () => {
    const redis = await aRedis(5_000)
    const popped = timed(redis.blpop('list', 4))
    await server.kill()
    expect(isRedisUnavailable((await popped).error)).toBe(true)
    await server.start()
    await eventually(async () => expect(await redis.ping()).toBe('PONG'))
    await redis.rpush('list', 'item')
    expect(await redis.llen('list')).toBe(1)
  })

  it('fails at once what is asked before the first connect, and connects later than the server starts', async () => {
    await server.stop()
    const redis = createRedis({ url: server.url, name: 'early', logger })
    clients.push(redis)
    expect(isRedisUnavailable((await timed(redis.get('key'))).error)).toBe(true)
    expect(await whenReady(redis, 50)).toBe(false)
    await server.start()
    expect(await whenReady(redis, 15_000)).toBe(true)
  })

  it('logs one line for an outage and one for its end', async () => {
    const redis = await aRedis()
    let attempts = 0
    redis.on('reconnecting', () => {
      attempts += 1
    })
    await server.stop()
    await eventually(() => expect(attempts).toBeGreaterThan(2))
    await server.start()
    await eventually(() => expect(redis.status).toBe('ready'))
    expect(lines.map(line => JSON.parse(line).message)).toEqual([
      'the connection to Redis is lost',
      'the connection to Redis is back',
    ])
  })

  it('counts exactly under many commands at once', async () => {
    const redis = await aRedis(5_000)
    await redis.del('counter')
    await Promise.all(Array.from({ length: 500 }, () => redis.incr('counter')))
    expect(await redis.get('counter')).toBe('500')
  })
})

describe('isRedisUnavailable', () => {
  it('is a Redis that is full', async () => {
    const redis = await aRedis()
    await redis.config('SET', 'maxmemory', '1')
    const { error } = await timed(redis.set('key', 'value'))
    await redis.config('SET', 'maxmemory', '0')
    expect(isRedisUnavailable(error)).toBe(true)
  })

  it('is not a command that Redis refuses', async () => {
    const redis = await aRedis()
    await redis.set('text', 'value')
    expect(isRedisUnavailable((await timed(redis.lpush('text', 'item'))).error)).toBe(false)
    expect(isRedisUnavailable(new Error('no'))).toBe(false)
    expect(isRedisUnavailable(undefined)).toBe(false)
  })
})

describe('onReconnect', () => {
  it('tells of each connect but the first, until it is stopped', async () => {
    const redis = createRedis({ url: server.url, name: 'test', logger })
    clients.push(redis)
    let reconnects = 0
    const stop = onReconnect(redis, () => {
      reconnects += 1
    })
    await whenReady(redis, 15_000)
    expect(reconnects).toBe(0)
    await server.restart()
    await eventually(() => expect(reconnects).toBe(1))
    stop()
    await server.restart()
    await eventually(() => expect(redis.status).toBe('ready'))
    expect(reconnects).toBe(1)
  })
})

describe('reconnectDelayMs', () => {
  it('grows to no more than a second', () => {
    const delays = Array.from({ length: 50 }, (_, attempt) => reconnectDelayMs(attempt + 1))
    expect(delays[0]).toBeLessThanOrEqual(100)
    expect(Math.max(...delays)).toBeLessThanOrEqual(1_000)
  })
})
