/**
 * The receiving end of the queue: takes jobs, has them delivered, and tells BullMQ what comes next. The queue
 * decides when a job runs again, Postgres whether its mail is sent.
 */
import { createContext, withContext } from '@latchkey/runtime/context'
import type { Logger } from '@latchkey/runtime/logger'
import { isDatabaseUnavailable } from '@latchkey/runtime/postgres'
import { isRedisUnavailable } from '@latchkey/runtime/redis'
import { DelayedError, type Job, type Telemetry, UnrecoverableError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { postponementMs } from '../domain/postponement.ts'
import type { DeliverMailInput, DeliverOutcome } from '../usecases/deliver-mail.ts'
import { type EmailJob, queueName } from './jobs.ts'

export interface EmailWorkerInit {
  /** A connection that waits for Redis instead of failing; BullMQ makes another of its kind to block on. */
  readonly connection: Redis
  readonly deliver: (input: DeliverMailInput) => Promise<DeliverOutcome>
  /** Told about each attempt, for logs and metrics. */
  readonly onOutcome: (outcome: DeliverOutcome) => void
  /** How many mails at a time. */
  readonly concurrency: number
  readonly telemetry?: Telemetry | undefined
  readonly logger: Pick<Logger, 'warn'>
}

// The locks of a worker that was killed end within 10 s; a job without one is noticed at one check and handed on at
// the next: 16 s at most, with room to send within half a minute. Locks are renewed every 5 s while a mail is sent.
const lockDurationMs = 10_000
const stalledIntervalMs = 3_000
// A job may outlive this many killed workers. Deploying often must not cost a mail; one that kills its workers
// must end at some time.
const maxStalledCount = 10

export const startEmailWorker = (init: EmailWorkerInit) => {
  const work = (job: Job<EmailJob>, token?: string): Promise<void> =>
    withContext(createContext(job.data), () => deliverJob(job, token))

  const deliverJob = async (job: Job<EmailJob>, token?: string): Promise<void> => {
    const outcome = await deliverOrPostpone(job, token, init.deliver)
    init.onOutcome(outcome)
    if (outcome.outcome === 'unavailable') return postpone(job, token)
    if (outcome.outcome === 'busy') return postpone(job, token, outcome.leaseMs)
    if (outcome.outcome === 'deferred') throw new Error(outcome.reply)
    if (outcome.outcome === 'failed' && outcome.reason !== 'expired')
      throw new UnrecoverableError(outcome.reply)
  }

  const worker = new Worker<EmailJob>(queueName, work, {
    connection: init.connection,
    concurrency: init.concurrency,
    lockDuration: lockDurationMs,
    stalledInterval: stalledIntervalMs,
    maxStalledCount,
    // How soon it asks again after Redis failed; 15 s by default.
    runRetryDelay: 1000,
    ...(init.telemetry === undefined ? {} : { telemetry: init.telemetry }),
  })
  worker.on('error', error => {
    // Of a Redis that is away its connection tells already.
    if (!isRedisUnavailable(error)) init.logger.warn({ error }, 'the mail worker failed for a moment')
  })
  worker.on('stalled', jobId =>
    init.logger.warn({ delivery_id: jobId }, 'a mail was taken over from a worker that is gone'),
  )

  return {
    /** Takes no more jobs, and waits for the mails in hand. Without end: give it a deadline. */
    drain: () => worker.close(),
  }
}

/** While Postgres is away nobody knows what to send: that is not the job's fault either. */
const deliverOrPostpone = async (
  job: Job<EmailJob>,
  token: string | undefined,
  deliver: EmailWorkerInit['deliver'],
): Promise<DeliverOutcome> => {
  try {
    return await deliver({ deliveryId: job.data.deliveryId, lastAttempt: isLastAttempt(job) })
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error
    return postpone(job, token)
  }
}

const isLastAttempt = ({ attemptsMade, opts }: Job<EmailJob>): boolean =>
  attemptsMade + 1 >= (opts.attempts ?? 1)

/** Puts the job back for a while without counting the attempt. */
const postpone = async (job: Job<EmailJob>, token: string | undefined, atLeastMs = 0): Promise<never> => {
  const earlier = job.attemptsStarted - job.attemptsMade - 1
  const pauseMs = atLeastMs + postponementMs(earlier, Math.random())
  await job.moveToDelayed(Date.now() + pauseMs, token)
  throw new DelayedError()
}
