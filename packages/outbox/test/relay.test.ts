import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { currentContext } from '@latchkey/runtime/context'
import { inTransaction } from '@latchkey/runtime/postgres'
import { eventually } from '@latchkey/testkit'
import {
  createRelay,
  enqueue,
  type OutboxHandler,
  type OutboxRow,
  type Relay,
  type RelayInit,
} from '../src/index.ts'
import { createOutboxRows } from '../src/rows.ts'
import { type AnOutbox, anOutbox, quietLogger } from './an-outbox.ts'

let outbox: AnOutbox
let relays: Relay[] = []

beforeEach(async () => {
  outbox = await anOutbox()
})

afterEach(async () => {
  await Promise.all(relays.map(relay => relay.close(100)))
  relays = []
  await outbox.close()
})

const aRelay = (handlers: Record<string, OutboxHandler>, options: Partial<RelayInit> = {}): Relay => {
  const relay = createRelay({
    pool: outbox.pool,
    handlers,
    logger: quietLogger,
    metrics: outbox.metrics,
    ...options,
  })
  relays.push(relay)
  return relay
}

const aMessage = (kind = 'thing.done', payload: object = { a: 1 }) => ({ kind, key: 'thing-1', payload })

describe('enqueue', () => {
  it('leaves nothing behind when its transaction is rolled back', async () => {
    await expect(
      inTransaction(outbox.pool, async client => {
        await enqueue(client, aMessage())
        throw new Error('after all not')
      }),
    ).rejects.toThrow('after all not')
    const relayed: OutboxRow[] = []
    await aRelay({ 'thing.done': async row => relayed.push(row) }).nudge()
    expect(relayed).toEqual([])
  })
})

describe('createRelay', () => {
  it('hands a committed row over with what was written, and marks it', async () => {
    const id = await enqueue(outbox.pool, aMessage('thing.done', { name: 'Ann', at: null }))
    const relayed: OutboxRow[] = []
    await aRelay({ 'thing.done': async row => relayed.push(row) }).nudge()
    expect(relayed).toEqual([
      {
        id,
        kind: 'thing.done',
        key: 'thing-1',
        payload: { name: 'Ann', at: null },
        attempts: 1,
        createdAt: expect.any(Date),
      },
    ])
    expect(await outbox.row(id)).toMatchObject({ relayed_at: expect.any(Date), last_error: null })
  })

  it('hands each row over once when several relays run at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 60 }, () => enqueue(outbox.pool, aMessage())))
    const relayed: string[] = []
    const handlers = {
      'thing.done': async ({ id }: OutboxRow) => {
        await delay(2)
        relayed.push(id)
      },
    }
    const replicas = Array.from({ length: 4 }, () => aRelay(handlers, { batchSize: 7 }))
    await Promise.all(replicas.map(relay => relay.nudge()))
    expect(relayed.sort()).toEqual(ids.sort())
  })

  it('hands a row over again when the process died between the delivery and the mark', async () => {
    const id = await enqueue(outbox.pool, aMessage())
    // What such a process leaves: a lease, and no mark.
    await createOutboxRows(outbox.pool).claim(['thing.done'], 10, 60)
    const relayed: OutboxRow[] = []
    const relay = aRelay({ 'thing.done': async row => relayed.push(row) }, { pollMs: 20 })
    await relay.nudge()
    expect(relayed).toEqual([])
    await outbox.makeDue()
    relay.start()
    await eventually(() => expect(relayed).toMatchObject([{ id, attempts: 2 }]))
  })

  it('tries a failed row again later, for as long as it takes, and relays the others meanwhile', async () => {
    const poisoned = await enqueue(outbox.pool, aMessage('thing.done', { poisoned: true }))
    // So that it waits for half a minute at least: longer than a busy machine takes for the others.
    await outbox.pool.query('UPDATE outbox SET attempts = 8')
    const others = await Promise.all(Array.from({ length: 30 }, () => enqueue(outbox.pool, aMessage())))
    const relayed: string[] = []
    let isMended = false
    const handle: OutboxHandler = async row => {
      if (row.id === poisoned && !isMended) throw new Error('refused for token=abcdef and ann@example.com')
      relayed.push(row.id)
    }
    const relay = aRelay({ 'thing.done': handle }, { batchSize: 4 })
    await relay.nudge()
    expect(relayed.sort()).toEqual(others.sort())
    const failed = await outbox.row(poisoned)
    expect(failed).toMatchObject({ attempts: 9, relayed_at: null })
    expect(failed?.last_error).toBe('Error: refused for token=[redacted] and a***@example.com')

    isMended = true
    await relay.nudge()
    expect(relayed).not.toContain(poisoned)
    await outbox.makeDue()
    await relay.nudge()
    expect(relayed).toContain(poisoned)
  })

  it('waits longer after each failure, up to a minute', async () => {
    const id = await enqueue(outbox.pool, aMessage())
    const relay = aRelay({ 'thing.done': () => Promise.reject(new Error('no')) })
    const waits: number[] = []
    for (let attempt = 0; attempt < 9; attempt += 1) {
      await relay.nudge()
      const { rows } = await outbox.pool.query<{ seconds: number }>(
        'SELECT extract(epoch FROM next_attempt_at - now())::float8 AS seconds FROM outbox WHERE id = $1',
        [id],
      )
      waits.push(rows[0]?.seconds ?? 0)
      await outbox.makeDue()
    }
    expect(waits[0]).toBeLessThanOrEqual(1)
    expect(waits[8]).toBeGreaterThan(25)
    expect(waits[8]).toBeLessThanOrEqual(60)
  })

  it('gives up a handler that never answers, before its lease does', async () => {
    const id = await enqueue(outbox.pool, aMessage())
    let wasTold = false
    const relay = aRelay(
      {
        'thing.done': (_, signal) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              wasTold = true
            })
          }),
      },
      { leaseMs: 250 },
    )
    await relay.nudge()
    expect(await outbox.row(id)).toMatchObject({
      relayed_at: null,
      last_error: 'Error: no answer within 200 ms',
    })
    expect(wasTold).toBe(true)
  })

  it('leaves rows of a kind that it has no handler for to a process that has', async () => {
    const id = await enqueue(outbox.pool, aMessage('thing.new'))
    await aRelay({ 'thing.done': async () => undefined }).nudge()
    expect(await outbox.row(id)).toMatchObject({ attempts: 0, relayed_at: null })
    await aRelay({ 'thing.new': async () => undefined }).nudge()
    expect(await outbox.row(id)).toMatchObject({ attempts: 1, relayed_at: expect.any(Date) })
  })

  it('relays at once what a nudge follows, and makes one look of many nudges', async () => {
    let looks = 0
    const { pool } = outbox
    const countingPool = new Proxy(pool, {
      get: (target, name) => {
        if (name === 'query') looks += 1
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const relay = aRelay({ 'thing.done': async () => undefined }, { pool: countingPool })
    await Promise.all(Array.from({ length: 50 }, () => relay.nudge()))
    expect(looks).toBe(2)
  })

  it('goes on by itself after Postgres was away', async () => {
    const relayed: string[] = []
    const relay = aRelay({ 'thing.done': async ({ id }) => relayed.push(id) }, { pollMs: 20 })
    relay.start()
    await outbox.database.stop()
    await delay(100)
    await relay.nudge()
    await outbox.database.start()
    const id = await enqueue(outbox.pool, aMessage())
    await eventually(() => expect(relayed).toEqual([id]))
  })

  it('puts a row whose handler outlives the close back into the outbox', async () => {
    const id = await enqueue(outbox.pool, aMessage())
    const relay = aRelay({ 'thing.done': () => new Promise(() => undefined) })
    const nudged = relay.nudge()
    await eventually(async () => expect(await outbox.row(id)).toMatchObject({ attempts: 1 }))
    await relay.close(50)
    await nudged
    expect(await outbox.row(id)).toMatchObject({
      relayed_at: null,
      last_error: expect.stringContaining('stopping'),
    })
  })

  it('closes in time though Postgres is away and a handler hangs', async () => {
    await enqueue(outbox.pool, aMessage())
    const relay = aRelay({ 'thing.done': () => new Promise(() => undefined) })
    relay.start()
    await eventually(async () => expect(await outbox.metric('outbox_pending')).toBe(1))
    await outbox.database.stop()
    const beganMs = performance.now()
    await relay.close(100)
    expect(performance.now() - beganMs).toBeLessThan(10_000)
  })

  it('exports how many rows wait and for how long', async () => {
    await enqueue(outbox.pool, aMessage('thing.new'))
    await outbox.pool.query("UPDATE outbox SET created_at = now() - interval '90 seconds'")
    aRelay({ 'thing.done': async () => undefined }).start()
    await eventually(async () => expect(await outbox.metric('outbox_pending')).toBe(1))
    expect(await outbox.metric('outbox_oldest_age_seconds')).toBeGreaterThanOrEqual(90)
  })

  it("runs a handler under the row's id as request id, so that logs of both sides can be joined", async () => {
    const id = await enqueue(outbox.pool, aMessage())
    let requestId: string | undefined
    await aRelay({
      'thing.done': async () => {
        requestId = currentContext()?.requestId
      },
    }).nudge()
    expect(requestId).toBe(id)
  })
})

describe('purge', () => {
  it('deletes in small batches what was relayed long ago, and nothing that waits', async () => {
    await Promise.all(Array.from({ length: 5 }, () => enqueue(outbox.pool, aMessage())))
    const waiting = await enqueue(outbox.pool, aMessage('thing.new'))
    await aRelay({ 'thing.done': async () => undefined }).nudge()
    await outbox.pool.query(
      "UPDATE outbox SET created_at = now() - interval '9 days', relayed_at = relayed_at - interval '2 days'",
    )
    const rows = createOutboxRows(outbox.pool)
    expect([await rows.purge(86_400, 3), await rows.purge(86_400, 3), await rows.purge(86_400, 3)]).toEqual([
      3, 2, 0,
    ])
    expect(await outbox.row(waiting)).toBeDefined()
  })
})
