import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toTimestamp } from '@latchkey/contracts'
import { createRedis, whenReady } from '@latchkey/runtime/redis'
import { quietLogger } from '@latchkey/service-testkit'
import { eventually } from '@latchkey/testkit'
import type { DeliveryId } from '../src/domain/ids.ts'
import { createEmailQueue, type EmailQueue } from '../src/queue/email-queue.ts'
import { startMailServer } from './mail-server.ts'
import { type NotificationUnderTest, startNotificationUnderTest } from './notification-under-test.ts'

const patience = { timeoutMs: 20_000 }
const timeoutMs = 40_000

let suite: NotificationUnderTest

beforeEach(async () => {
  suite = await startNotificationUnderTest()
}, timeoutMs)

afterEach(() => suite.close(), timeoutMs)

const withQueue = async (work: (queue: EmailQueue) => Promise<void>): Promise<void> => {
  const redis = createRedis({ url: suite.redis.url, name: 'test', logger: quietLogger })
  await whenReady(redis, 5000)
  const queue = createEmailQueue({ redis, retry: { attempts: 8, firstPauseMs: 1000 }, logger: quietLogger })
  await work(queue)
  await queue.close()
  redis.disconnect()
}

const expectMail = (recipient: string) =>
  eventually(() => expect(suite.mailServer.to(recipient)).toHaveLength(1), patience)

describe('while Redis is away', () => {
  it(
    'a message is accepted, and its mail arrives once Redis is back',
    async () => {
      await suite.startWorker()
      await suite.redis.kill()
      await suite.sendReset({ recipient: 'patient@example.com' })
      await suite.redis.start()
      await expectMail('patient@example.com')
    },
    timeoutMs,
  )

  it(
    'the service is ready, and says what it lacks',
    async () => {
      await suite.redis.kill()
      await eventually(async () => {
        const { status, body } = await suite.scrape(suite.service.ports.management, '/readyz?verbose')
        expect({ status, report: JSON.parse(body) }).toMatchObject({
          status: 200,
          report: {
            status: 'degraded',
            checks: { database: { status: 'up' }, redis: { status: 'down' }, queue: { status: 'down' } },
          },
        })
      })
    },
    timeoutMs,
  )
})

describe('when Redis has lost its memory', () => {
  it(
    'a mail whose job was gone before it ran arrives all the same, once',
    async () => {
      await suite.sendReset({ recipient: 'forgotten@example.com' })
      await eventually(async () =>
        expect(await suite.prisma.outbox.count({ where: { relayedAt: null } })).toBe(0),
      )
      await suite.redis.flush()
      await suite.letSweeperLook()
      await suite.startWorker()
      await expectMail('forgotten@example.com')
    },
    timeoutMs,
  )

  it(
    'a mail that was just being sent is not sent twice',
    async () => {
      const go = Promise.withResolvers<void>()
      suite.mailServer.reactions.beforeAccept = () => go.promise
      await suite.startWorker()
      const { messageId } = await suite.sendReset({ recipient: 'once@example.com' })
      const id = await eventually(async () => {
        const delivery = await suite.findDelivery(messageId)
        expect(delivery.status).toBe('sending')
        return delivery.id as DeliveryId
      })
      await suite.redis.flush()
      // A second job, as an impatient sweeper would make it: its worker finds the delivery taken, and waits.
      await withQueue(async queue => {
        expect(await queue.ensureJobs([id])).toBe(1)
        await eventually(() => expect(queue.countJobs()).resolves.toMatchObject({ delayed: 1 }), patience)
      })
      go.resolve()
      await eventually(
        async () => expect((await suite.findDelivery(messageId)).status).toBe('sent'),
        patience,
      )
      await suite.sendReset({ recipient: 'after@example.com' })
      await expectMail('after@example.com')
      expect(suite.mailServer.to('once@example.com')).toHaveLength(1)
    },
    timeoutMs,
  )

  it(
    'an idle worker takes jobs again after Redis was restarted',
    async () => {
      await suite.startWorker()
      await suite.sendReset({ recipient: 'before@example.com' })
      await expectMail('before@example.com')
      await suite.redis.restart()
      await suite.sendReset({ recipient: 'afterwards@example.com' })
      await expectMail('afterwards@example.com')
    },
    timeoutMs,
  )
})

describe('while the mail server is away', () => {
  it(
    'mails wait without losing an attempt, and arrive once it is back',
    async () => {
      await suite.startWorker()
      await suite.mailServer.close()
      const { messageId } = await suite.sendReset({ recipient: 'waiting@example.com' })
      await eventually(async () =>
        expect(await suite.findDelivery(messageId)).toMatchObject({
          status: 'queued',
          lastReply: expect.stringContaining('ECONNREFUSED'),
        }),
      )
      const back = await startMailServer({ port: suite.mailServer.port })
      try {
        await eventually(() => expect(back.to('waiting@example.com')).toHaveLength(1), patience)
      } finally {
        await back.close()
      }
    },
    timeoutMs,
  )
})

describe('while Postgres is away', () => {
  it(
    'nothing is accepted, nothing is lost, and all goes on once it is back',
    async () => {
      await suite.startWorker()
      suite.mailServer.reactions.recipient = () => 450
      const { messageId } = await suite.sendReset({ recipient: 'accepted@example.com' })
      await eventually(async () => expect((await suite.findDelivery(messageId)).attempts).toBeGreaterThan(0))
      await suite.database.stop()
      await expect(suite.sendReset()).rejects.toMatchObject({ name: 'RpcFailure' })
      await suite.database.start()
      suite.mailServer.reactions.recipient = () => undefined
      await expectMail('accepted@example.com')
    },
    timeoutMs,
  )
})

describe('a mail that can not be delivered', () => {
  it(
    'fails at once where the recipient is unknown, and delays nobody else',
    async () => {
      suite.mailServer.reactions.recipient = address => (address.startsWith('unknown') ? 550 : undefined)
      await suite.startWorker({ WORKER_CONCURRENCY: '1' })
      const { messageId } = await suite.sendReset({ recipient: 'unknown@example.com' })
      await suite.sendReset({ recipient: 'known@example.com' })
      await expectMail('known@example.com')
      // Which of the two went out first is not promised.
      await eventually(
        async () =>
          expect(await suite.findDelivery(messageId)).toMatchObject({
            status: 'failed',
            failureReason: 'rejected',
            attempts: 1,
            lastReply: '550 no mail for <u***@example.com>, see [link]',
            message: { sealedData: null },
          }),
        patience,
      )
    },
    timeoutMs,
  )

  it(
    'is tried as often as is set where it is deferred, each time later, while others pass',
    async () => {
      await suite.close()
      suite = await startNotificationUnderTest({ MAIL_ATTEMPTS: '3' })
      suite.mailServer.reactions.recipient = address => (address.startsWith('grey') ? 451 : undefined)
      await suite.startWorker({ WORKER_CONCURRENCY: '1' })
      const { messageId } = await suite.sendReset({ recipient: 'grey@example.com' })
      await suite.sendReset({ recipient: 'white@example.com' })
      await expectMail('white@example.com')
      await eventually(
        async () =>
          expect(await suite.findDelivery(messageId)).toMatchObject({
            status: 'failed',
            failureReason: 'undeliverable',
            attempts: 3,
            message: { sealedData: null },
          }),
        patience,
      )
    },
    timeoutMs,
  )

  it(
    'arrives under one Message-ID where a later attempt succeeds',
    async () => {
      let attempts = 0
      suite.mailServer.reactions.data = () => {
        attempts += 1
        return attempts < 3 ? (attempts === 1 ? 'drop' : 451) : undefined
      }
      await suite.startWorker()
      const { messageId } = await suite.sendReset({ recipient: 'third@example.com' })
      await expectMail('third@example.com')
      const { id } = await suite.findDelivery(messageId)
      expect(suite.mailServer.mails[0]?.messageId).toBe(`<${id}@auth.example.com>`)
    },
    timeoutMs,
  )

  it(
    'is dropped once it has become worthless',
    async () => {
      suite.mailServer.reactions.recipient = () => 451
      await suite.startWorker()
      const { messageId } = await suite.sendReset({ expiresAt: toTimestamp(new Date(Date.now() + 1500)) })
      await eventually(
        async () =>
          expect(await suite.findDelivery(messageId)).toMatchObject({
            status: 'expired',
            message: { sealedData: null },
          }),
        patience,
      )
      expect(suite.mailServer.mails).toHaveLength(0)
    },
    timeoutMs,
  )

  it(
    'is not given up where only the key differs: keys are changed one process after the other',
    async () => {
      await suite.startWorker()
      const { messageId } = await suite.sendReset({
        sealedData: await suite.seal({ token: 'raw' }, new Uint8Array(32)),
      })
      await eventually(async () =>
        expect(await suite.findDelivery(messageId)).toMatchObject({
          status: 'queued',
          lastReply: "the mail can't be written: sealed data unreadable",
        }),
      )
    },
    timeoutMs,
  )
})
