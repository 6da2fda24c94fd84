/**
 * "This client has changed", "the scopes have changed", between replicas, so that what they keep in memory is read anew
 * at once. For speed alone: a message may be lost, and what is kept is not believed for longer than a few seconds.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { Redis } from 'ioredis'

const clientsChannel = 'clients.changed'
const scopesChannel = 'scopes.changed'

export interface ClientChangesDeps {
  readonly redis: Redis
  /** A connection of its own: a subscriber can do nothing else. */
  readonly subscriber: Redis
  readonly logger: Pick<Logger, 'debug'>
}

export interface ClientChangesListener {
  readonly onClient: (id: string) => void
  readonly onScopes: () => void
}

export const createClientChanges = ({ redis, subscriber, logger }: ClientChangesDeps) => {
  const publish = (channel: string, message: string): void => {
    redis
      .publish(channel, message)
      .catch((error: unknown) => logger.debug({ error, channel }, 'a change was not announced'))
  }

  return {
    announceClient: (id: string): void => publish(clientsChannel, id),
    announceScopes: (): void => publish(scopesChannel, ''),
    /** Calls the listener for each announcement, whenever there is a connection. */
    listen: ({ onClient, onScopes }: ClientChangesListener): void => {
      const subscribe = () => {
        subscriber
          .subscribe(clientsChannel, scopesChannel)
          .catch((error: unknown) => logger.debug({ error }, 'not subscribed to changes of clients'))
      }
      subscriber.on('message', (channel: string, message: string) => {
        if (channel === clientsChannel) onClient(message)
        else onScopes()
      })
      subscriber.on('ready', subscribe)
      if (subscriber.status === 'ready') subscribe()
    },
  }
}
