/** Work that comes again and again: never twice at once, and a failure waits for the next time. */
import type { Logger } from '@latchkey/runtime/logger'

export interface ScheduleInit {
  readonly name: string
  /** From the end of one run to the start of the next. */
  readonly everyMs: number
  readonly task: () => Promise<void>
  readonly logger: Pick<Logger, 'warn' | 'info'>
}

export interface Schedule {
  /** Runs the task next, without waiting for its time. */
  hurry(): void
  /** No run begins any more; waits for one that is under way. */
  close(): Promise<void>
}

/** The first run begins at once. A failure is logged once, until the task has worked again. */
export const startSchedule = ({ name, everyMs, task, logger }: ScheduleInit): Schedule => {
  let failing = false
  let closed = false
  let wake = () => {}

  const runOnce = async (): Promise<void> => {
    try {
      await task()
      if (failing) logger.info({ task: name }, 'scheduled task works again')
      failing = false
    } catch (error) {
      if (!failing) logger.warn({ task: name, error }, 'scheduled task failed and will be tried again')
      failing = true
    }
  }

  const rest = (): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, everyMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const loop = async (): Promise<void> => {
    while (!closed) {
      await runOnce()
      if (!closed) await rest()
    }
  }
  const ended = loop()

  return {
    hurry: () => wake(),
    close: async () => {
      closed = true
      wake()
      await ended
    },
  }
}
