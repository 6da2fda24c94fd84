/** Work that comes back: the next run begins a while after the last one ended, so that slow runs never overlap. */

export interface ScheduleInit {
  readonly everyMs: number
  readonly task: () => Promise<unknown>
  readonly onError: (error: unknown) => void
}

export interface Schedule {
  /** Waits for the run in progress, if any. */
  readonly stop: () => Promise<void>
}

/** The first run comes after a random part of `everyMs`: replicas that start together don't work together. */
export const startSchedule = ({ everyMs, task, onError }: ScheduleInit): Schedule => {
  let running: Promise<void> = Promise.resolve()
  let stopped = false

  const run = async (): Promise<void> => {
    try {
      await task()
    } catch (error) {
      onError(error)
    }
    if (!stopped) plan(everyMs)
  }
  const plan = (afterMs: number): void => {
    timer = setTimeout(() => {
      running = run()
    }, afterMs)
  }
  let timer: NodeJS.Timeout
  plan(Math.random() * everyMs)

  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
      return running
    },
  }
}
