/** How long to wait before a process that died is started again. */
const firstDelayMs = 200
const maxDelayMs = 5_000
/** Having lived that long, a process is taken for healthy and its next death for the first. */
const healthyAfterMs = 30_000

export const createBackoff = (now: () => number = () => performance.now()) => {
  let deaths = 0
  let startedAt = now()
  return {
    started: (): void => {
      startedAt = now()
    },
    /** Milliseconds from this death to the next start: 200, 400, 800 … 5,000. */
    nextDelayMs: (): number => {
      deaths = now() - startedAt >= healthyAfterMs ? 1 : deaths + 1
      return Math.min(firstDelayMs * 2 ** (deaths - 1), maxDelayMs)
    },
  }
}
