import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { type NotificationUnderTest, startNotificationUnderTest } from './notification-under-test.ts'

const planted = 'planted-token-that-nobody-may-see'
const recipient = 'planted.address@example.com'

const timeoutMs = 30_000

let suite: NotificationUnderTest

beforeAll(async () => {
  suite = await startNotificationUnderTest()
}, timeoutMs)

afterAll(() => suite.close(), timeoutMs)

/** Everything that a Redis holds, values and all. */
const dumpRedis = async (): Promise<string> => {
  const redis = new Redis(suite.redis.url)
  const keys = await redis.keys('*')
  const dumps = await Promise.all(keys.map(key => redis.dumpBuffer(key)))
  redis.disconnect()
  return [...keys, ...dumps.map(dump => dump?.toString('latin1') ?? '')].join('\n')
}

const dumpDatabase = async (): Promise<string> => {
  const { rows } = await suite.pool.query<{ row: string }>(
    `SELECT m::text AS row FROM messages m UNION ALL SELECT d::text FROM deliveries d UNION ALL SELECT o::text FROM outbox o`,
  )
  return rows.map(({ row }) => row).join('\n')
}

describe('MUST 41: a secret on its way to a mail', () => {
  it(
    'stands in the clear nowhere but in the mail',
    async () => {
      // Deferred, rejected and sent: each leaves other traces.
      suite.mailServer.reactions.data = () => (suite.mailServer.mails.length === 0 ? 451 : undefined)
      const queuedOnly = await suite.sendReset({ token: planted, recipient })
      await eventually(async () => expect(await dumpRedis()).toContain('bull:email:'))
      const whileQueued = `${await dumpRedis()}${await dumpDatabase()}`

      const worker = await suite.startWorker()
      await eventually(() => expect(suite.logs.join('')).toContain('mail deferred'))
      const whileDeferred = `${await dumpRedis()}${await dumpDatabase()}`
      suite.mailServer.reactions.data = () => undefined
      await eventually(() => expect(suite.mailServer.to(recipient)).toHaveLength(1), { timeoutMs: 20_000 })
      suite.mailServer.reactions.recipient = () => 550
      const rejected = await suite.sendReset({ token: planted, recipient })
      await eventually(async () =>
        expect(await suite.findDelivery(rejected.messageId)).toMatchObject({ status: 'failed' }),
      )
      const metrics = await suite.scrape(worker.ports.management)

      expect(suite.mailServer.to(recipient)[0]?.text).toContain(planted)
      const afterwards = `${await dumpRedis()}${await dumpDatabase()}`
      for (const place of [whileQueued, whileDeferred, afterwards, suite.logs.join(''), metrics.body]) {
        expect(place).not.toContain(planted)
      }
      // Neither do jobs, logs and metrics know who gets it.
      for (const place of [await dumpRedis(), suite.logs.join(''), metrics.body]) {
        expect(place).not.toContain(recipient)
      }
      // Not even as ciphertext, once it is over.
      expect(await suite.findDelivery(queuedOnly.messageId)).toMatchObject({ message: { sealedData: null } })
      expect(await suite.findDelivery(rejected.messageId)).toMatchObject({ message: { sealedData: null } })
    },
    timeoutMs,
  )
})
