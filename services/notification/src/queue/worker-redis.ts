/** The worker's connection: unlike a request, a worker has nothing better to do than to wait for Redis. */
import type { Logger } from '@latchkey/runtime/logger'
import { reconnectDelayMs, tellOutages } from '@latchkey/runtime/redis'
import { Redis } from 'ioredis'

export const createWorkerRedis = ({
  url,
  logger,
}: {
  url: string
  logger: Pick<Logger, 'warn' | 'info'>
}): Redis => {
  const redis = new Redis(url, {
    connectionName: 'notification-worker',
    connectTimeout: 2_000,
    keepAlive: 5_000,
    // BullMQ demands it: a command waits for the connection to come back instead of failing its job.
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelayMs,
  })
  tellOutages(redis, logger)
  return redis
}
