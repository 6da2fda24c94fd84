/** Work that comes again and again: never twice at once, and a failure waits for the next time. */
import type { Logger } from '../logger/index.ts'

export interface ScheduleInit {
  readonly name: string
  /** From the end of one run to the start of the next. */
  readonly everyMs: number
  /** Stops early when the signal aborts: the process is closing. */
  readonly task: (signal: AbortSignal) => Promise<unknown>
  readonly logger: Pick<Logger, 'warn' | 'info'>
  /**
   * Begins after a random part of `everyMs` instead of at once, so that replicas that were started together don't
   * work together. False by default.
   */
  readonly staggered?: boolean
}

export interface Schedule {
  /** Runs the task next, without waiting for its time: at once, or right after the run that is under way. */
  hurry(): void
  /** No run begins any more; aborts one that is under way, and waits for its end. */
  close(): Promise<void>
}

/** A failure is logged once, and once more when the task has worked again. */
export const startSchedule = (init: ScheduleInit): Schedule => {
  const { name, everyMs, task, logger, staggered = false } = init
  const closing = new AbortController()
  let failing = false
  let hurried = false
  let wake = () => {}

  const runOnce = async (): Promise<void> => {
    try {
      await task(closing.signal)
      if (failing) logger.info({ task: name }, 'scheduled task works again')
      failing = false
    } catch (error) {
      // What an abort leaves undone is no failure.
      if (closing.signal.aborted) return
      if (!failing) logger.warn({ task: name, error }, 'scheduled task failed and will be tried again')
      failing = true
    }
  }

  const rest = (ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (hurried || closing.signal.aborted) wake()
    })

  const loop = async (): Promise<void> => {
    if (staggered) await rest(Math.random() * everyMs)
    while (!closing.signal.aborted) {
      hurried = false
      await runOnce()
      await rest(everyMs)
    }
  }
  const ended = loop()

  return {
    hurry: () => {
      hurried = true
      wake()
    },
    close: async () => {
      closing.abort()
      wake()
      await ended
    },
  }
}
