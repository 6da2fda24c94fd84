/**
 * "The keys have changed", between replicas. For speed alone: it may be lost, and then the next poll finds out. The
 * message says nothing, so that there is nothing to believe.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { Redis } from 'ioredis'

const channel = 'keys.changed'

export interface KeyChangesDeps {
  readonly redis: Redis
  /** A connection of its own: a subscriber can do nothing else. */
  readonly subscriber: Redis
  readonly logger: Pick<Logger, 'debug'>
}

export const createKeyChanges = ({ redis, subscriber, logger }: KeyChangesDeps) => ({
  announce: (): void => {
    redis
      .publish(channel, '')
      .catch((error: unknown) => logger.debug({ error }, 'the change of keys was not announced'))
  },
  /** Calls `listener` for each announcement, whenever there is a connection. */
  listen: (listener: () => void): void => {
    const subscribe = () => {
      subscriber
        .subscribe(channel)
        .catch((error: unknown) => logger.debug({ error }, 'not subscribed to key changes'))
    }
    subscriber.on('message', listener)
    subscriber.on('ready', subscribe)
    if (subscriber.status === 'ready') subscribe()
  },
})
