/** Removes what is past its time, in small batches, and tells how far behind it is. */
import { setTimeout as delay } from 'node:timers/promises'

export type Retained = 'password_resets' | 'login_attempts' | 'known_devices'

export interface CleanUpDeps {
  readonly retention: {
    deleteBatch(what: Retained, before: Date, batchSize: number): Promise<number>
    findOldest(what: Retained): Promise<Date | undefined>
  }
  /** For how long each of them is kept after the instant that decides about it. */
  readonly keepSeconds: Readonly<Record<Retained, number>>
  /** For how long the oldest row has been due, in seconds; 0 where none is. */
  readonly onLag: (what: Retained, seconds: number) => void
  readonly now: () => Date
  readonly signal: AbortSignal
  readonly batchSize?: number
}

// Between two batches, so that a backlog never keeps Postgres busy.
const pauseMs = 50

/** Works until nothing is left or `signal` aborts. @throws what Postgres failed with */
export const createCleanUp = (deps: CleanUpDeps) => {
  const { retention, keepSeconds, onLag, now, signal, batchSize = 500 } = deps
  const dueBefore = (what: Retained) => new Date(now().getTime() - keepSeconds[what] * 1_000)

  const cleanUp = async (what: Retained): Promise<void> => {
    while (!signal.aborted) {
      const deleted = await retention.deleteBatch(what, dueBefore(what), batchSize)
      if (deleted < batchSize) break
      await delay(pauseMs)
    }
    const oldest = await retention.findOldest(what)
    const lagMs = oldest === undefined ? 0 : dueBefore(what).getTime() - oldest.getTime()
    onLag(what, Math.max(0, lagMs / 1_000))
  }

  return async (): Promise<void> => {
    for (const what of ['password_resets', 'login_attempts', 'known_devices'] as const) await cleanUp(what)
  }
}
