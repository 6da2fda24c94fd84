import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { DeliveryId, MessageId } from '../src/domain/ids.ts'
import type { NewMessage } from '../src/domain/message.ts'
import { createDeliveries } from '../src/store/deliveries.ts'
import { createMessages, deliveryQueued } from '../src/store/messages.ts'
import { createOverdueDeliveries } from '../src/store/overdue-deliveries.ts'
import { createNotificationDatabase, type NotificationDatabase } from './notification-database.ts'

let database: NotificationDatabase
let messages: ReturnType<typeof createMessages>
let deliveries: ReturnType<typeof createDeliveries>
let overdue: ReturnType<typeof createOverdueDeliveries>

beforeAll(async () => {
  database = await createNotificationDatabase()
  messages = createMessages(database)
  deliveries = createDeliveries(database)
  overdue = createOverdueDeliveries(database)
})

beforeEach(() => database.pool.query('TRUNCATE messages, outbox CASCADE'))

afterAll(() => database.drop())

const aMessage = (overrides: Partial<NewMessage> = {}): NewMessage => ({
  id: createUuid<MessageId>(),
  deliveryId: createUuid<DeliveryId>(),
  template: 'password_reset',
  recipient: 'ada@example.com',
  locale: 'en',
  data: {},
  sealedData: 'sealed',
  expiresAt: new Date(Date.now() + 3_600_000),
  requestId: 'request-1',
  traceparent: undefined,
  ...overrides,
})

const insertOne = async (overrides: Partial<NewMessage> = {}): Promise<NewMessage> => {
  const message = aMessage(overrides)
  await messages.insert(message)
  return message
}

const claimOne = async (id: DeliveryId) => {
  const claim = await deliveries.claim(id)
  if (claim.outcome !== 'claimed') throw new Error(`the delivery is ${claim.outcome}`)
  return claim.delivery
}

const read = (id: DeliveryId) =>
  database.prisma.delivery.findUniqueOrThrow({ where: { id }, include: { message: true } })

/** As if the worker that holds it had been silent for long enough. */
const letLeaseEnd = (id: DeliveryId) =>
  database.pool.query(`UPDATE deliveries SET lease_expires_at = now() - interval '1 ms' WHERE id = $1`, [id])
const letTimePass = () => database.pool.query(`UPDATE deliveries SET next_check_at = now() - interval '1 ms'`)

describe('accepting a message', () => {
  it('stores the message, its delivery and the order to queue it', async () => {
    const { id, deliveryId } = await insertOne()
    expect(await read(deliveryId)).toMatchObject({
      status: 'queued',
      attempts: 0,
      message: { id, sealedData: 'sealed' },
    })
    expect(await database.prisma.outbox.findMany()).toMatchObject([
      { kind: deliveryQueued, payload: { deliveryId } },
    ])
  })

  it('happens once, though twenty requests with one id arrive at once', async () => {
    const id = createUuid<MessageId>()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => messages.insert(aMessage({ id }))))
    expect(outcomes.filter(outcome => outcome === 'accepted')).toHaveLength(1)
    expect(await database.prisma.delivery.count()).toBe(1)
    expect(await database.prisma.outbox.count()).toBe(1)
  })
})

describe('claiming a delivery', () => {
  it('succeeds once, though twenty workers try at once', async () => {
    const { deliveryId } = await insertOne()
    const claims = await Promise.all(Array.from({ length: 20 }, () => deliveries.claim(deliveryId)))
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1)
    expect(claims.filter(({ outcome }) => outcome === 'busy')).toHaveLength(19)
  })

  it('succeeds once more after the lease, whatever number of workers waits for its end', async () => {
    const { deliveryId } = await insertOne()
    await deliveries.claim(deliveryId)
    await letLeaseEnd(deliveryId)
    const claims = await Promise.all(Array.from({ length: 20 }, () => deliveries.claim(deliveryId)))
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1)
    expect(await read(deliveryId)).toMatchObject({ status: 'sending', attempts: 2 })
  })

  it('tells for how long another worker still holds it', async () => {
    const { deliveryId } = await insertOne()
    await deliveries.claim(deliveryId)
    const claim = await deliveries.claim(deliveryId)
    expect(claim).toEqual({ outcome: 'busy', leaseMs: expect.any(Number) })
    if (claim.outcome === 'busy') expect(claim.leaseMs).toBeGreaterThan(5_000)
  })

  it('finds nothing to do where it was sent, has failed or never was', async () => {
    const { deliveryId } = await insertOne()
    await deliveries.claim(deliveryId)
    await deliveries.recordSent(deliveryId, '250 ok')
    expect(await deliveries.claim(deliveryId)).toEqual({ outcome: 'over' })
    expect(await deliveries.claim(createUuid<DeliveryId>())).toEqual({ outcome: 'over' })
  })

  it('a renewed lease keeps others out', async () => {
    const { deliveryId } = await insertOne()
    const { attempt } = await claimOne(deliveryId)
    await letLeaseEnd(deliveryId)
    await deliveries.renewLease(deliveryId, attempt)
    expect((await deliveries.claim(deliveryId)).outcome).toBe('busy')
  })

  it('a worker that lost its claim can neither renew it nor give it back', async () => {
    const { deliveryId } = await insertOne()
    const lost = await claimOne(deliveryId)
    await letLeaseEnd(deliveryId)
    await deliveries.claim(deliveryId)
    await letLeaseEnd(deliveryId)
    await deliveries.renewLease(deliveryId, lost.attempt)
    await deliveries.recordDeferred(lost, '450 later')
    await deliveries.recordFailed(lost, 'rejected', '550 no')
    expect(await read(deliveryId)).toMatchObject({ status: 'sending', attempts: 2, lastReply: null })
    expect((await deliveries.claim(deliveryId)).outcome).toBe('claimed')
  })
})

describe('what came of a delivery', () => {
  it('sent: keeps the reply and wipes what was sealed', async () => {
    const { deliveryId } = await insertOne()
    await deliveries.claim(deliveryId)
    await deliveries.recordSent(deliveryId, '250 queued as 1')
    expect(await read(deliveryId)).toMatchObject({
      status: 'sent',
      lastReply: '250 queued as 1',
      finishedAt: expect.any(Date),
      leaseExpiresAt: null,
      message: { sealedData: null },
    })
  })

  it('sent stays sent, though a worker that had lost its claim reports a failure later', async () => {
    const { deliveryId } = await insertOne()
    const first = await claimOne(deliveryId)
    await deliveries.recordSent(deliveryId, '250 ok')
    await deliveries.recordFailed(first, 'rejected', '550 no')
    expect(await read(deliveryId)).toMatchObject({ status: 'sent', failureReason: null })
  })

  it('failed: keeps the reason and wipes what was sealed', async () => {
    const { deliveryId } = await insertOne()
    await deliveries.recordFailed(await claimOne(deliveryId), 'rejected', '550 no')
    expect(await read(deliveryId)).toMatchObject({
      status: 'failed',
      failureReason: 'rejected',
      lastReply: '550 no',
      message: { sealedData: null },
    })
  })

  it('deferred: is there for the next attempt, secrets and all', async () => {
    const { deliveryId } = await insertOne()
    await deliveries.recordDeferred(await claimOne(deliveryId), '450 later')
    expect(await read(deliveryId)).toMatchObject({
      status: 'queued',
      lastReply: '450 later',
      finishedAt: null,
    })
    expect(await claimOne(deliveryId)).toMatchObject({ attempt: 2, sealedData: 'sealed', expired: false })
  })
})

describe('looking after deliveries that nobody touched', () => {
  it('gives each to one replica', async () => {
    await Promise.all(Array.from({ length: 40 }, () => insertOne()))
    await letTimePass()
    const taken = await Promise.all(Array.from({ length: 4 }, () => overdue.takeOverdue(10)))
    expect(new Set(taken.flat()).size).toBe(40)
    expect(await overdue.takeOverdue(10)).toEqual([])
  })

  it('leaves alone what was touched a moment ago, and what is over', async () => {
    const { deliveryId } = await insertOne()
    expect(await overdue.takeOverdue(10)).toEqual([])
    await deliveries.recordFailed(await claimOne(deliveryId), 'rejected')
    await letTimePass()
    expect(await overdue.takeOverdue(10)).toEqual([])
  })

  it('ends what has become worthless, and wipes what was sealed', async () => {
    const stale = await insertOne({ expiresAt: new Date(Date.now() - 1000) })
    const fresh = await insertOne()
    await letTimePass()
    expect(await overdue.expire(10)).toBe(1)
    expect(await read(stale.deliveryId)).toMatchObject({ status: 'expired', message: { sealedData: null } })
    expect(await read(fresh.deliveryId)).toMatchObject({
      status: 'queued',
      message: { sealedData: 'sealed' },
    })
  })
})

describe('forgetting', () => {
  const longAgo = () => database.pool.query(`UPDATE messages SET created_at = now() - interval '31 days'`)
  const monthAgo = () => new Date(Date.now() - 30 * 86_400_000)

  it('deletes old messages with their deliveries, a batch at a time', async () => {
    for (let index = 0; index < 3; index += 1) {
      await deliveries.recordSent((await insertOne()).deliveryId, '250 ok')
    }
    await longAgo()
    expect(await messages.deleteFinished(monthAgo(), 2)).toBe(2)
    expect(await messages.deleteFinished(monthAgo(), 2)).toBe(1)
    expect(await database.prisma.delivery.count()).toBe(0)
    expect(await messages.findOldestCreatedAt()).toBeUndefined()
  })

  it('never deletes what is still to be sent, nor what is young', async () => {
    await insertOne()
    await longAgo()
    await deliveries.recordSent((await insertOne()).deliveryId, '250 ok')
    expect(await messages.deleteFinished(monthAgo(), 10)).toBe(0)
  })
})
