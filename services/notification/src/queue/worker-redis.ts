/** The worker's connection: unlike a request, a worker has nothing better to do than to wait for Redis. */
import type { Logger } from '@latchkey/runtime/logger'
import { reconnectDelayMs } from '@latchkey/runtime/redis'
import { Redis } from 'ioredis'

export const createWorkerRedis = ({ url, logger }: { url: string; logger: Pick<Logger, 'warn'> }): Redis => {
  const redis = new Redis(url, {
    connectionName: 'notification-worker',
    connectTimeout: 2000,
    keepAlive: 5000,
    // BullMQ demands it: a command waits for the connection to come back instead of failing its job.
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelayMs,
  })
  // The worker on top of it reports the same; without a listener here ioredis prints.
  redis.on('error', error => logger.warn({ error }, 'the connection to Redis is lost'))
  return redis
}
