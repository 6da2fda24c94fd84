/** Waiting for what becomes true on its own time, instead of sleeping for as long as it usually takes. */
import { setTimeout as delay } from 'node:timers/promises'

export interface EventuallyOptions {
  readonly timeoutMs?: number
  readonly intervalMs?: number
}

/**
 * Calls `attempt` (usually a few `expect`s) until it no longer throws, and gives its result.
 * @throws what the last attempt threw, after `timeoutMs` (15 s by default: some machines are busy)
 */
export const eventually = async <Result>(
  attempt: () => Result | Promise<Result>,
  { timeoutMs = 15_000, intervalMs = 20 }: EventuallyOptions = {},
): Promise<Result> => {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() >= deadlineMs) throw error
    }
    await delay(intervalMs)
  }
}
