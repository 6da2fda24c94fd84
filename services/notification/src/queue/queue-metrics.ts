/** The state of the queue at each scrape. An old job at its head means that no worker takes jobs. */
import type { Metrics } from '@latchkey/runtime/metrics'
import type { EmailQueue } from './email-queue.ts'
import { queueName } from './jobs.ts'

type WatchedQueue = Pick<EmailQueue, 'countJobs' | 'oldestWaitingAgeMs'>

/** Exports `queue_jobs{queue,state}` and `queue_oldest_waiting_age_seconds{queue}`; nothing while Redis is away. */
export const observeQueue = (queue: WatchedQueue, metrics: Metrics): void => {
  metrics.gauge({
    name: 'queue_jobs',
    help: 'Jobs in the queue by state',
    labelNames: ['queue', 'state'],
    collect: async gauge => {
      gauge.reset()
      const counts = await queue.countJobs().catch(() => ({}))
      for (const [state, count] of Object.entries(counts)) gauge.set({ queue: queueName, state }, count)
    },
  })
  metrics.gauge({
    name: 'queue_oldest_waiting_age_seconds',
    help: 'For how long the job at the head of the queue could have run; 0 where none waits',
    labelNames: ['queue'],
    collect: async gauge => {
      gauge.reset()
      const ageMs = await queue.oldestWaitingAgeMs(new Date()).catch(() => undefined)
      if (ageMs !== undefined) gauge.set({ queue: queueName }, ageMs / 1000)
    },
  })
}
