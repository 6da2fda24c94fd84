/** Replicas of a service take turns; one that has just failed is passed over for a moment. */

/** Long enough to spare clients a restart, short enough to use a replica again as soon as it is back. */
const skipMs = 1_000

export interface Turns {
  /** The next replica; one that is being skipped only when all are. */
  next: () => string
  skip: (replica: string) => void
}

export const createTurns = (replicas: readonly string[], now: () => Date): Turns => {
  const skippedUntilMs = new Map<string, number>()
  let turn = 0
  const take = (): string => {
    const replica = replicas[turn % replicas.length]
    if (replica === undefined) throw new Error('a service without a replica')
    turn += 1
    return replica
  }
  return {
    next: () => {
      const nowMs = now().getTime()
      for (let tried = 1; tried < replicas.length; tried += 1) {
        const replica = take()
        if ((skippedUntilMs.get(replica) ?? 0) <= nowMs) return replica
      }
      return take()
    },
    skip: replica => {
      skippedUntilMs.set(replica, now().getTime() + skipMs)
    },
  }
}
