/** What the service does unasked: bringing back lost jobs, ending what became worthless, forgetting what is old. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { type ScheduleInit, startSchedule } from '@latchkey/runtime/schedule'
import type { UseCases } from './compose-usecases.ts'
import { isQueueUnavailable } from './queue/email-queue.ts'
import { failedMails } from './queue/mail-metrics.ts'

// With the 20 s for which a delivery is left alone, a lost job is back within half a minute.
const sweepEveryMs = 5_000
const cleanUpEveryMs = 600_000

export interface SchedulesInit {
  readonly useCases: Pick<UseCases, 'sweepDeliveries' | 'deleteOldMessages'>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

export const composeSchedules = ({ useCases, metrics, logger, closing }: SchedulesInit): void => {
  const requeuedMails = metrics.counter({
    name: 'mails_requeued_total',
    help: 'Mails whose job was gone from the queue and was made again',
  })
  const failed = failedMails(metrics)

  const sweep = async (signal: AbortSignal): Promise<void> => {
    const { expired, requeued } = await useCases.sweepDeliveries(signal)
    if (expired > 0) failed.inc({ reason: 'expired' }, expired)
    if (requeued > 0) requeuedMails.inc(requeued)
    if (expired + requeued > 0) logger.warn({ expired, requeued }, 'mails had been waiting without a job')
  }
  // Without Redis there is nothing to look after: the outbox keeps what it can't hand over.
  const sweepWhereThereIsAQueue: ScheduleInit['task'] = signal =>
    sweep(signal).catch((error: unknown) => {
      if (!isQueueUnavailable(error)) throw error
    })

  const start = (init: Pick<ScheduleInit, 'name' | 'everyMs' | 'task'>): void => {
    const schedule = startSchedule({ ...init, logger, staggered: true })
    closing.add(init.name, schedule.close)
  }
  start({ name: 'sweep deliveries', everyMs: sweepEveryMs, task: sweepWhereThereIsAQueue })
  start({ name: 'clean up', everyMs: cleanUpEveryMs, task: useCases.deleteOldMessages })
}
