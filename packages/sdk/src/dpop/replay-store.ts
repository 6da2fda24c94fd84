/** Which proofs were used before. The default is this process's memory; several replicas need one that they share. */

/** A memory of proofs; replicas share one. */
export interface ReplayStore {
  /**
   * Remembers a proof until it is too old anyway, in one step: of two calls at once, one is told that it was first.
   * @returns whether it was not remembered before
   * @throws Error where that can not be told: the request is answered 503
   */
  remember(key: string, expiresAt: Date): boolean | Promise<boolean>
}

/** How much of the process’s memory it may take. */
export interface MemoryReplayStoreOptions {
  /** How many proofs are remembered at most; beyond that they can not be checked. Default 250,000. */
  capacity?: number
  now?: () => Date
}

/** For one process. What has expired makes room; what has not is never forgotten. */
export const createMemoryReplayStore = (options: MemoryReplayStoreOptions = {}): ReplayStore => {
  const capacity = options.capacity ?? 250_000
  const now = options.now ?? (() => new Date())
  const expiryByKey = new Map<string, number>()

  const forgetExpired = (at: number) => {
    for (const [key, expiresAt] of expiryByKey) if (expiresAt <= at) expiryByKey.delete(key)
  }

  /** The oldest come first and, since all live about as long, expire first. */
  const forgetOldest = (at: number) => {
    for (const [key, expiresAt] of expiryByKey) {
      if (expiresAt > at) return
      expiryByKey.delete(key)
    }
  }

  return {
    remember: (key, expiresAt) => {
      const at = now().getTime()
      forgetOldest(at)
      if (expiryByKey.has(key)) return false
      if (expiryByKey.size >= capacity) forgetExpired(at)
      if (expiryByKey.size >= capacity) throw new Error(`More than ${capacity} DPoP proofs are remembered`)
      expiryByKey.set(key, expiresAt.getTime())
      return true
    },
  }
}
