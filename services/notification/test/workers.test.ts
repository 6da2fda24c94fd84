import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { type NotificationUnderTest, startNotificationUnderTest } from './notification-under-test.ts'

const timeoutMs = 120_000

let suite: NotificationUnderTest

beforeEach(async () => {
  suite = await startNotificationUnderTest()
}, timeoutMs)

afterEach(() => suite.close(), timeoutMs)

describe('a worker that is killed in the middle of a mail', () => {
  it(
    'loses nothing: another one sends it within 30 s, and it arrives once',
    async () => {
      // The first worker gets no answer to its mail; whoever comes later does.
      let stalled = 0
      suite.mailServer.reactions.data = () => {
        stalled += 1
        return stalled === 1 ? 'hang' : undefined
      }
      const killed = await suite.spawnWorker()
      const { messageId } = await suite.sendReset({ recipient: 'survivor@example.com' })
      await eventually(() => expect(stalled).toBe(1))
      killed.kill('SIGKILL')
      await once(killed, 'exit')
      await suite.spawnWorker()
      await eventually(() => expect(suite.mailServer.to('survivor@example.com')).toHaveLength(1), {
        timeoutMs: 30_000,
      })
      await eventually(async () =>
        expect(await suite.findDelivery(messageId)).toMatchObject({ status: 'sent', attempts: 2 }),
      )
    },
    timeoutMs,
  )

  it(
    'among others under load: every mail arrives, and at most what it had in hand arrives twice',
    async () => {
      const workers = await Promise.all([suite.spawnWorker(), suite.spawnWorker()])
      const recipients = Array.from({ length: 200 }, (_, index) => `user-${index}@example.com`)
      await Promise.all(recipients.map(recipient => suite.sendReset({ recipient })))
      await eventually(() => expect(suite.mailServer.mails.length).toBeGreaterThan(20), { timeoutMs: 30_000 })
      workers[0]?.kill('SIGKILL')
      const missing = () => recipients.filter(recipient => suite.mailServer.to(recipient).length === 0)
      await eventually(() => expect(missing()).toEqual([]), { timeoutMs: 30_000 })
      // What the dead worker had in hand may have been taken by the mail server before it could say so.
      expect(suite.mailServer.mails.length - recipients.length).toBeLessThanOrEqual(20)
      for (const recipient of recipients) expect(suite.mailServer.to(recipient).length).toBeLessThanOrEqual(2)
      const ids = suite.mailServer.mails.map(({ messageId }) => messageId)
      expect(new Set(ids).size).toBe(recipients.length)
    },
    timeoutMs,
  )
})

describe('a worker that is asked to stop', () => {
  it(
    'finishes the mails in hand, takes no more, and exits with 0',
    async () => {
      const go = Promise.withResolvers<void>()
      let atTheServer = 0
      suite.mailServer.reactions.beforeAccept = () => {
        atTheServer += 1
        return go.promise
      }
      const worker = await suite.spawnWorker({
        WORKER_CONCURRENCY: '1',
        SMTP_TIMEOUT_SECONDS: '60',
        SHUTDOWN_TIMEOUT_SECONDS: '60',
      })
      const inHand = await suite.sendReset({ recipient: 'in-hand@example.com' })
      await eventually(() => expect(atTheServer).toBe(1))
      // Only now: what is accepted one after the other may be queued the other way round.
      const waiting = await suite.sendReset({ recipient: 'waiting@example.com' })
      await eventually(async () =>
        expect((await suite.scrape(suite.service.ports.management)).body).toMatch(
          /^queue_jobs\{.*state="wait".*\} 1$/m,
        ),
      )
      worker.kill('SIGTERM')
      const exited = once(worker, 'exit')
      await eventually(() => expect(suite.logs.join('')).toContain('"stopping"'))
      go.resolve()
      expect(await exited).toEqual([0, null])
      expect(suite.mailServer.mails.map(({ to }) => to)).toHaveLength(1)
      expect((await suite.findDelivery(inHand.messageId)).status).toBe('sent')
      expect((await suite.findDelivery(waiting.messageId)).status).toBe('queued')
    },
    timeoutMs,
  )

  it(
    'is gone after its deadline, though a mail server never answers',
    async () => {
      suite.mailServer.reactions.data = () => 'hang'
      const worker = await suite.spawnWorker({ SHUTDOWN_TIMEOUT_SECONDS: '1', SMTP_TIMEOUT_SECONDS: '60' })
      const { messageId } = await suite.sendReset()
      await eventually(async () => expect((await suite.findDelivery(messageId)).status).toBe('sending'))
      worker.kill('SIGTERM')
      const stopping = performance.now()
      await once(worker, 'exit')
      expect(performance.now() - stopping).toBeLessThan(30_000)
    },
    timeoutMs,
  )
})

describe('readiness', () => {
  it(
    'of worker and service fails while Redis may evict jobs',
    async () => {
      const worker = await suite.startWorker()
      const readiness = async () => {
        const answers = await Promise.all(
          [worker, suite.service].map(({ ports }) => suite.scrape(ports.management, '/readyz?verbose')),
        )
        return answers.map(({ status }) => status)
      }
      expect(await readiness()).toEqual([200, 200])
      const redis = new Redis(suite.redis.url)
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
      await eventually(async () => expect(await readiness()).toEqual([503, 503]))
      const { body } = await suite.scrape(worker.ports.management, '/readyz?verbose')
      expect(JSON.parse(body)).toMatchObject({
        checks: { queue: { status: 'down', error: expect.stringContaining('allkeys-lru') } },
      })
      redis.disconnect()
    },
    timeoutMs,
  )

  it(
    'of the worker fails without Redis',
    async () => {
      const worker = await suite.startWorker()
      await suite.redis.kill()
      await eventually(async () =>
        expect((await suite.scrape(worker.ports.management, '/readyz')).status).toBe(503),
      )
      await suite.redis.start()
    },
    timeoutMs,
  )
})

describe('the metric queue_oldest_waiting_age_seconds', () => {
  it(
    'grows while no worker takes jobs, and falls to 0 when one does',
    async () => {
      await suite.sendReset()
      const age = () => suite.metricOf('queue_oldest_waiting_age_seconds')
      await eventually(() => expect(age()).resolves.toBeGreaterThan(0.5), { timeoutMs: 20_000 })
      await suite.startWorker()
      await eventually(() => expect(age()).resolves.toBe(0), { timeoutMs: 20_000 })
    },
    timeoutMs,
  )
})
