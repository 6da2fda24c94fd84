/** A Redis that evicts keys when it is full drops jobs and locks without a word: it must refuse writes instead. */
import { isRedisUnavailable } from '@latchkey/runtime/redis'
import type { Redis } from 'ioredis'

class WrongEvictionPolicy extends Error {
  override readonly name = 'WrongEvictionPolicy'
  readonly reason = 'wrong_eviction_policy'

  constructor(policy: string) {
    super(`Redis' maxmemory-policy is ${policy}; the mail queue needs noeviction`)
  }
}

/**
 * Rejects with `WrongEvictionPolicy` where Redis may evict jobs, with the client's error where it is away. INFO is
 * asked, not CONFIG: managed services forbid that one.
 */
export const checkQueueRedis = async (redis: Pick<Redis, 'info'>): Promise<void> => {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1]
  if (policy !== undefined && policy !== 'noeviction') throw new WrongEvictionPolicy(policy)
}

/** The same, but for a process that works on without Redis: only what an operator must mend counts. */
export const checkEvictionPolicy = async (redis: Pick<Redis, 'info'>): Promise<void> => {
  try {
    await checkQueueRedis(redis)
  } catch (error) {
    if (!isRedisUnavailable(error)) throw error
  }
}
