/** Composes what reaches this service as an event, and what leaves it through the outbox. */
import type { SessionClient } from '@latchkey/contracts'
import { consumeStream, createRelay } from '@latchkey/outbox'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { Redis } from 'ioredis'
import type pg from 'pg'
import { createRelaySessionEnd } from './clients/sessions.ts'
import type { RefreshFamilies } from './store/refresh-families.ts'
import { createEndFamiliesOfSession } from './usecases/end-families-of-session.ts'

export interface EventsContext {
  readonly pool: pg.Pool
  readonly redis: Redis
  readonly sessions: SessionClient
  readonly families: RefreshFamilies
  readonly closing: Closing
  readonly metrics: Metrics
  readonly logger: Logger
}

/** @returns the outbox, to be nudged after something was written to it */
export const composeEvents = ({
  pool,
  redis,
  sessions,
  families,
  closing,
  metrics,
  logger,
}: EventsContext) => {
  const relaySessionEnd = createRelaySessionEnd(sessions)
  const relay = createRelay({
    pool,
    handlers: { 'session.end': ({ payload }) => relaySessionEnd(payload) },
    logger,
    metrics,
  })
  relay.start()
  closing.add('outbox', () => relay.close())

  const consumer = consumeStream({
    redis,
    stream: 'events:session',
    group: 'token',
    handle: createEndFamiliesOfSession({ families, logger }),
    logger,
  })
  closing.add('events', () => consumer.close())
  return relay
}
