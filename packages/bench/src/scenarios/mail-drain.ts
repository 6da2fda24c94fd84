/** A worker that comes back to a full queue, with a mail server that takes everything at once. */
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { splitCpu } from '../arithmetic/cpu-split.ts'
import { measureSmtp } from '../floors/smtp.ts'
import { readCpu } from '../processes/read-cpu.ts'
import type { Sink } from '../smtp/sink.ts'
import { requestReset } from '../suite/reset-requests.ts'
import type { Suite } from '../suite/suite.ts'
import { registerUsers } from '../suite/users.ts'
import type { Scenario } from './scenario.ts'

const users = 4
const mails = 3_000
const warmUpMails = 400
const requestsAtATime = 16
const timeoutMs = 120_000
const goalPerSecond = 300

export const mailDrain: Scenario = {
  name: 'mail-drain',
  what: 'queued mails into a local mail server',
  needs: 'sink',
  run: async ({ suite, sink }) => {
    const addresses = (await registerUsers(suite.info.gateway, users)).map(({ email }) => email)
    await drain(suite, sink, addresses, warmUpMails)
    const { seconds, cpu } = await drain(suite, sink, addresses, mails)
    const perSecond = mails / seconds
    return {
      kind: 'operations',
      scenario: 'mail-drain',
      operations: mails,
      seconds,
      perSecond,
      cpu,
      floors: [await measureSmtp(sink.url)],
      goal: { text: `at least ${goalPerSecond} a second`, met: perSecond >= goalPerSecond },
    }
  },
}

/** Fills the queue while the worker stands still, then lets it go. */
const drain = async ({ info, servers }: Suite, sink: Sink, addresses: readonly string[], count: number) => {
  const worker = info.pids['notification-worker']
  if (worker === undefined) throw new Error('there is no worker')
  process.kill(worker, 'SIGSTOP')
  try {
    await fill(info.gateway, addresses, count)
    await queued(info.redis_url, count)
    await sink.ask('reset')
  } finally {
    process.kill(worker, 'SIGCONT')
  }
  const before = readCpu(servers)
  const deadline = performance.now() + timeoutMs
  while ((await sink.ask('count')).mails < count) {
    if (performance.now() > deadline) throw new Error(`the queue was not empty after ${timeoutMs / 1_000} s`)
    await delay(50)
  }
  // The last mails are still being recorded as sent.
  await delay(500)
  return { seconds: (await sink.ask('count')).seconds, cpu: splitCpu(before, readCpu(servers), count) }
}

const fill = async (gateway: string, addresses: readonly string[], count: number): Promise<void> => {
  let left = count
  const ask = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await requestReset(gateway, addresses[left % addresses.length] ?? '')
    }
  }
  await Promise.all(Array.from({ length: requestsAtATime }, ask))
}

/** Waits until the outboxes have handed everything on. A worker that stands still may have one job in its hands. */
const queued = async (redisUrl: string, count: number): Promise<void> => {
  const redis = new Redis(redisUrl)
  try {
    const deadline = performance.now() + timeoutMs
    while ((await redis.llen('bull:email:wait')) < count - 1) {
      if (performance.now() > deadline) throw new Error('the mails did not reach the queue')
      await delay(100)
    }
  } finally {
    redis.disconnect()
  }
}
