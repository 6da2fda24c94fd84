/** The worker's connection: unlike a request, a worker has nothing better to do than to wait for Redis. */
import type { Logger } from '@latchkey/runtime/logger'
import { reconnectDelayMs } from '@latchkey/runtime/redis'
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
    connectTimeout: 2000,
    keepAlive: 5000,
    // BullMQ demands it: a command waits for the connection to come back instead of failing its job.
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelayMs,
  })
  // One line when it is lost and one when it is back, whatever the number of attempts in between.
  let lost = false
  redis.on('error', error => {
    if (!lost) logger.warn({ error }, 'the connection to Redis is lost; mails wait')
    lost = true
  })
  redis.on('ready', () => {
    if (lost) logger.info('the connection to Redis is back')
    lost = false
  })
  return redis
}
