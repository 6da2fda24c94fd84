import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createRedis, whenReady } from '@latchkey/runtime/redis'
import { eventually, startRedis, type TestRedis } from '@latchkey/testkit'
import type { Redis } from 'ioredis'
import { type ConsumeStreamInit, consumeStream, publishTo, type StreamConsumer } from '../src/index.ts'
import { createStreamGroup } from '../src/stream-group.ts'
import { quietLogger } from './an-outbox.ts'

const stream = 'events:test'
let server: TestRedis
let redis: Redis
let consumers: StreamConsumer[] = []

beforeEach(async () => {
  server = await startRedis({ appendOnly: true })
  redis = createRedis({ url: server.url, name: 'test', logger: quietLogger })
  await whenReady(redis, 15_000)
})

afterEach(async () => {
  await Promise.all(consumers.map(consumer => consumer.close()))
  consumers = []
  redis.disconnect()
  await server.close()
})

const aConsumer = (
  handle: ConsumeStreamInit['handle'],
  options: Partial<ConsumeStreamInit> = {},
): StreamConsumer => {
  const consumer = consumeStream({ redis, stream, group: 'token', handle, logger: quietLogger, ...options })
  consumers.push(consumer)
  return consumer
}

const pending = async (): Promise<number> => Number((await redis.xpending(stream, 'token'))[0])

describe('consumeStream', () => {
  it('handles what was published before it was there and after, and acknowledges it', async () => {
    await publishTo(redis, stream, { number: 1 })
    const handled: unknown[] = []
    aConsumer(async event => handled.push(event))
    await eventually(() => expect(handled).toEqual([{ number: 1 }]))
    await publishTo(redis, stream, { number: 2, name: 'é' })
    await eventually(() => expect(handled).toEqual([{ number: 1 }, { number: 2, name: 'é' }]))
    await eventually(async () => expect(await pending()).toBe(0))
  })

  it('gives each event to one process of a group, and to every group', async () => {
    const inToken: unknown[] = []
    const inAudit: unknown[] = []
    for (let replica = 0; replica < 3; replica += 1) aConsumer(async event => inToken.push(event))
    aConsumer(async event => inAudit.push(event), { group: 'audit' })
    await Promise.all(Array.from({ length: 100 }, (_, number) => publishTo(redis, stream, { number })))
    await eventually(() => expect([inToken.length, inAudit.length]).toEqual([100, 100]))
    expect(new Set(inToken.map(event => JSON.stringify(event))).size).toBe(100)
  })

  it('takes over what a killed process had begun', async () => {
    const killed = createStreamGroup({ redis, stream, group: 'token', consumer: 'killed' })
    await killed.ensure()
    await publishTo(redis, stream, { number: 1 })
    expect(await killed.readNew(10)).toHaveLength(1)
    const handled: unknown[] = []
    aConsumer(async event => handled.push(event), { retryAfterMs: 100 })
    await eventually(() => expect(handled).toEqual([{ number: 1 }]))
  })

  it('tries an event that failed again, and handles the others meanwhile', async () => {
    const handled: unknown[] = []
    let isMended = false
    const handle = async (event: unknown) => {
      if (JSON.stringify(event) === '{"poisoned":true}' && !isMended) throw new Error('no')
      handled.push(event)
    }
    aConsumer(handle, { retryAfterMs: 50 })
    await publishTo(redis, stream, { poisoned: true })
    await publishTo(redis, stream, { number: 2 })
    await eventually(() => expect(handled).toEqual([{ number: 2 }]))
    isMended = true
    await eventually(() => expect(handled).toEqual([{ number: 2 }, { poisoned: true }]))
  })

  it('drops what is not an event, so that it comes back no more', async () => {
    await redis.xadd(stream, '*', 'event', '{not json')
    const handled: unknown[] = []
    aConsumer(async event => handled.push(event))
    await publishTo(redis, stream, { number: 2 })
    await eventually(() => expect(handled).toEqual([{ number: 2 }]))
    await eventually(async () => expect(await pending()).toBe(0))
  })

  it('begins anew after Redis was flushed', async () => {
    const handled: unknown[] = []
    aConsumer(async event => handled.push(event))
    await publishTo(redis, stream, { number: 1 })
    await eventually(() => expect(handled).toHaveLength(1))
    await server.flush()
    await publishTo(redis, stream, { number: 2 })
    await eventually(() => expect(handled).toEqual([{ number: 1 }, { number: 2 }]))
  })

  it('goes on after Redis was killed, with what was published before and after', async () => {
    const handled: unknown[] = []
    let isBusy = true
    aConsumer(
      async event => {
        if (isBusy) throw new Error('not now')
        handled.push(event)
      },
      { retryAfterMs: 50 },
    )
    await publishTo(redis, stream, { number: 1 })
    await server.kill()
    isBusy = false
    await delay(50)
    await server.start()
    await eventually(() => expect(redis.status).toBe('ready'))
    await publishTo(redis, stream, { number: 2 })
    // The first may come twice: its acknowledgement is what the kill may have cost.
    await eventually(() => expect(handled).toEqual(expect.arrayContaining([{ number: 1 }, { number: 2 }])), {
      timeoutMs: 20_000,
    })
  })

  it('finishes the event in hand before it closes, and closes at once when idle', async () => {
    const begun = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    let isFinished = false
    const consumer = aConsumer(async () => {
      begun.resolve()
      await held.promise
      isFinished = true
    })
    await publishTo(redis, stream, { number: 1 })
    await begun.promise
    const closed = consumer.close()
    held.resolve()
    await closed
    expect(isFinished).toBe(true)
    expect(await pending()).toBe(0)

    const idle = aConsumer(async () => undefined)
    await eventually(async () => expect(await redis.client('LIST')).toMatch(/ flags=b .* cmd=xreadgroup /))
    // No answer to the read comes any more: the close does not wait for one, nor for the silence to be noticed.
    server.freeze()
    const beganMs = performance.now()
    await idle.close()
    expect(performance.now() - beganMs).toBeLessThan(5_000)
  })
})

describe('forgetConsumers', () => {
  it('removes consumers that are gone, but none that left an event unfinished', async () => {
    const [idle, owing] = ['idle', 'owing'].map(consumer =>
      createStreamGroup({ redis, stream, group: 'token', consumer }),
    )
    await idle?.ensure()
    await publishTo(redis, stream, { number: 1 })
    await owing?.readNew(10)
    await idle?.readNew(10)
    await delay(20)
    await idle?.forgetConsumers(10)
    const consumersLeft = (await redis.xinfo('CONSUMERS', stream, 'token')) as string[][]
    expect(consumersLeft.map(([, name]) => name)).toEqual(['owing'])
  })
})

describe('publishTo', () => {
  it('keeps the stream at a bounded length', async () => {
    const patient = createRedis({
      url: server.url,
      name: 'test',
      commandTimeoutMs: 20_000,
      logger: quietLogger,
    })
    await whenReady(patient, 15_000)
    const fill = "for i = 1, 101000 do redis.call('XADD', KEYS[1], '*', 'event', '{}') end"
    await patient.eval(fill, 1, stream)
    await publishTo(patient, stream, {})
    expect(await patient.xlen(stream)).toBeLessThan(100_500)
    patient.disconnect()
  })
})
