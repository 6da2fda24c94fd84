/** What the service does unasked: bringing back lost jobs, ending what became worthless, forgetting what is old. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { isQueueUnavailable } from './queue/email-queue.ts'
import { failedMails } from './queue/mail-metrics.ts'
import { startSchedule } from './schedule.ts'
import type { MessageStore } from './store/messages.ts'
import type { createDeleteOldMessages } from './usecases/delete-old-messages.ts'
import type { createSweepDeliveries } from './usecases/sweep-deliveries.ts'

export interface HousekeepingDeps {
  readonly sweep: ReturnType<typeof createSweepDeliveries>
  readonly deleteOldMessages: ReturnType<typeof createDeleteOldMessages>
  readonly messages: Pick<MessageStore, 'findOldestCreatedAt'>
  readonly retentionMs: number
  readonly metrics: Metrics
  readonly logger: Logger
}

// With the 20 s for which a delivery is left alone, a lost job is back within half a minute.
const sweepEveryMs = 5000
const cleanUpEveryMs = 600_000

export const startHousekeeping = (deps: HousekeepingDeps) => {
  const { metrics, logger } = deps
  const requeuedMails = metrics.counter({
    name: 'mails_requeued_total',
    help: 'Mails whose job was gone from the queue and was made again',
  })
  const failed = failedMails(metrics)
  const lag = metrics.gauge({
    name: 'cleanup_lag_seconds',
    help: 'For how long the oldest message has been due for removal',
  })

  const sweep = async (): Promise<void> => {
    const { expired, requeued } = await deps.sweep()
    if (expired > 0) failed.inc({ reason: 'expired' }, expired)
    if (requeued > 0) requeuedMails.inc(requeued)
    if (expired + requeued > 0) logger.warn({ expired, requeued }, 'mails had been waiting without a job')
  }

  const cleanUp = async (): Promise<void> => {
    const deleted = await deps.deleteOldMessages()
    if (deleted > 0) logger.info({ deleted }, 'old messages were deleted')
    const oldestAt = await deps.messages.findOldestCreatedAt()
    const dueForMs = oldestAt === undefined ? 0 : Date.now() - oldestAt.getTime() - deps.retentionMs
    lag.set(Math.max(0, dueForMs / 1000))
  }

  const failure = (message: string) => (error: unknown) => {
    // Without Redis there is nothing to look after: the outbox keeps what it can't hand over.
    if (!isQueueUnavailable(error)) logger.warn({ error }, message)
  }
  const schedules = [
    startSchedule({
      everyMs: sweepEveryMs,
      task: sweep,
      onError: failure('mails without a job could not be looked after'),
    }),
    startSchedule({
      everyMs: cleanUpEveryMs,
      task: cleanUp,
      onError: failure('old messages could not be deleted'),
    }),
  ]
  return {
    stop: async (): Promise<void> => {
      await Promise.all(schedules.map(schedule => schedule.stop()))
    },
  }
}
