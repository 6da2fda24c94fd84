/** From a request for a password reset to its mail in the mailbox: two outboxes, a queue and SMTP lie between. */
import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../arithmetic/percentile.ts'
import { requestReset } from '../suite/reset-requests.ts'
import { registerUsers } from '../suite/users.ts'
import type { Scenario } from './scenario.ts'

const mails = 20
const pollMs = 10
const timeoutMs = 30_000

export const mailLatency: Scenario = {
  name: 'mail-latency',
  what: 'a mail from request to mailbox',
  needs: 'suite',
  run: async ({ suite }) => {
    const { gateway, mailbox } = suite.info
    const times: number[] = []
    for (const { email } of await registerUsers(gateway, mails)) {
      const startedMs = performance.now()
      await requestReset(gateway, email)
      await arrival(mailbox, email)
      times.push(performance.now() - startedMs)
      // So that no request meets the last one's look into the outbox in step.
      await delay(Math.random() * 500)
    }
    const median = percentile(times, 0.5) ?? Number.NaN
    return {
      kind: 'figures',
      scenario: 'mail-latency',
      figures: [
        { what: 'median', value: median, unit: 'ms' },
        { what: 'slowest of 20', value: Math.max(...times), unit: 'ms' },
      ],
      goal: { text: 'median under 1 s', met: median < 1_000 },
    }
  },
}

const arrival = async (mailbox: string, email: string): Promise<void> => {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const response = await fetch(new URL('/api/messages', mailbox))
    const messages = (await response.json()) as { to: string }[]
    if (messages.some(({ to }) => to.includes(email))) return
    if (performance.now() > deadline) throw new Error(`no mail after ${timeoutMs / 1_000} s`)
    await delay(pollMs)
  }
}
