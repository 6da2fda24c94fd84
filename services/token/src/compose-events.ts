/** What reaches this service as an event, and what leaves it through the outbox. */
import { sessionEvents } from '@latchkey/contracts'
import { consumeStream, createRelay } from '@latchkey/outbox'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { Clients } from './compose-clients.ts'
import type { Stores } from './compose-stores.ts'
import { createConcludeSession } from './usecases/conclude-session.ts'

export interface EventsInit {
  readonly stores: Pick<Stores, 'pool' | 'redis' | 'sessionEnds'>
  readonly clients: Pick<Clients, 'relaySessionEnd'>
  /** Has the messages to clients sent at once. */
  readonly nudgeLogouts: () => void
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

/** @returns the outbox, to be nudged after something was written to it */
export const composeEvents = ({ stores, clients, nudgeLogouts, metrics, logger, closing }: EventsInit) => {
  const { pool, redis, sessionEnds } = stores
  const relay = createRelay({
    pool,
    handlers: { 'session.end': ({ payload }) => clients.relaySessionEnd(payload) },
    logger,
    metrics,
  })
  relay.start()
  closing.add('outbox relay', relay.close)

  const consumer = consumeStream({
    redis,
    stream: sessionEvents,
    group: 'token',
    handle: createConcludeSession({ sessionEnds, nudgeLogouts, logger }),
    logger,
  })
  closing.add('events', consumer.close)
  return relay
}
