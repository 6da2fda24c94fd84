/** Lets so many at a time through for one key; the others wait in line, first come, first served. */

export const createTurnstile = (limit: number) => {
  const lines = new Map<string, { inside: number; readonly waiting: (() => void)[] }>()

  const enter = async (key: string): Promise<void> => {
    const line = lines.get(key) ?? { inside: 0, waiting: [] }
    lines.set(key, line)
    if (line.inside < limit) line.inside += 1
    else await new Promise<void>(resolve => line.waiting.push(resolve))
  }

  /** Hands the place to the next in line; a key that nobody wants any more is forgotten. */
  const leave = (key: string): void => {
    const line = lines.get(key)
    if (line === undefined) return
    const next = line.waiting.shift()
    if (next !== undefined) next()
    else if (line.inside > 1) line.inside -= 1
    else lines.delete(key)
  }

  return {
    /** Runs `work` once there is a place for it, and frees the place however it ends. */
    pass: async <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
      await enter(key)
      try {
        return await work()
      } finally {
        leave(key)
      }
    },
    /** How many keys somebody is inside or in line for. */
    get size() {
      return lines.size
    },
  }
}
