/**
 * The sending end of the queue. It fails at once while Redis is away; the outbox behind it tries again.
 */
import type { Logger } from '@latchkey/runtime/logger'
import { isRedisUnavailable } from '@latchkey/runtime/redis'
import { Queue, type Telemetry } from 'bullmq'
import type { Redis } from 'ioredis'
import type { DeliveryId } from '../domain/ids.ts'
import { type EmailJob, jobName, jobOptions, queueName, type RetryPolicy } from './jobs.ts'
import { inTrace } from './queue-telemetry.ts'

export interface EmailQueueInit {
  /** A connection that fails fast; it stays the caller's. */
  readonly redis: Redis
  readonly retry: RetryPolicy
  readonly telemetry?: Telemetry | undefined
  readonly logger: Pick<Logger, 'warn'>
}

// Completed jobs are removed at once.
const jobStates = ['wait', 'active', 'delayed', 'prioritized', 'failed'] as const

class QueueUnavailable extends Error {
  override readonly name = 'QueueUnavailable'
  readonly reason = 'queue_unavailable'
}

/** Whether the queue failed because Redis is away, and not because something is wrong. */
export const isQueueUnavailable = (error: unknown): boolean =>
  error instanceof QueueUnavailable || isRedisUnavailable(error)

export const createEmailQueue = ({ redis, retry, telemetry, logger }: EmailQueueInit) => {
  let opened: Promise<Queue<EmailJob>> | undefined

  const open = async (): Promise<Queue<EmailJob>> => {
    const queue = new Queue<EmailJob>(queueName, {
      connection: redis,
      defaultJobOptions: jobOptions(retry),
      ...(telemetry === undefined ? {} : { telemetry }),
    })
    queue.on('error', error => {
      // Of a Redis that is away its connection tells already.
      if (!isRedisUnavailable(error)) logger.warn({ error }, 'the mail queue failed')
    })
    try {
      await queue.waitUntilReady()
      return queue
    } catch (error) {
      // BullMQ never opens again what failed to open: forget it, the next caller makes another.
      opened = undefined
      await queue.close().catch(() => undefined)
      throw error
    }
  }

  /** @throws QueueUnavailable while Redis is away, where BullMQ would wait for it without end */
  const connected = (): Promise<Queue<EmailJob>> => {
    if (redis.status !== 'ready') return Promise.reject(new QueueUnavailable('Redis is away'))
    opened ??= open()
    return opened
  }

  /** A delivery that already has a job keeps it. */
  const add = async (job: EmailJob): Promise<void> => {
    const queue = await connected()
    await inTrace(telemetry, job.traceparent, () => queue.add(jobName, job, { jobId: job.deliveryId }))
  }

  /** Whether there is a job that will still run. One that is finished, while its delivery is not, is swept away. */
  const hasJob = async (deliveryId: DeliveryId): Promise<boolean> => {
    const queue = await connected()
    const state = await queue.getJobState(deliveryId)
    if (state === 'failed' || state === 'completed') await queue.remove(deliveryId)
    return state !== 'failed' && state !== 'completed' && state !== 'unknown'
  }

  return {
    add,
    /** Adds a job for each delivery that has none; gives the number of the added. */
    ensureJobs: async (ids: readonly DeliveryId[]): Promise<number> => {
      const added = await Promise.all(
        ids.map(async id => {
          if (await hasJob(id)) return 0
          await add({ deliveryId: id })
          return 1
        }),
      )
      return added.reduce<number>((sum, one) => sum + one, 0)
    },
    /** How many jobs there are in each state. */
    countJobs: async (): Promise<Record<string, number>> => (await connected()).getJobCounts(...jobStates),
    /** Milliseconds for which the job at the head of the queue could have run; 0 where none waits. */
    oldestWaitingAgeMs: async (now: Date): Promise<number> => {
      const [job] = await (await connected()).getJobs(['wait'], 0, 0, true)
      if (job === undefined) return 0
      // A job that was deferred became ready its delay after its last run.
      const readyMs = Math.max(job.timestamp, (job.processedOn ?? 0) + job.delay)
      return Math.max(0, now.getTime() - readyMs)
    },
    close: async (): Promise<void> => {
      const queue = await opened?.catch(() => undefined)
      await queue?.close()
    },
  }
}

export type EmailQueue = ReturnType<typeof createEmailQueue>
