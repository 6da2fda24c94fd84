/** What leaves this service through the outbox: endings, and sessions that were put under review. */
import { createRelay } from '@latchkey/outbox'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import { parseSessionEnded, sessionEndedKind } from './store/session-ended-message.ts'
import { parseSessionFlagged, sessionFlaggedKind } from './store/session-flagged-message.ts'

export interface EventsInit {
  readonly stores: Pick<Stores, 'pool'>
  readonly useCases: Pick<UseCases, 'publishEnding' | 'publishEvent' | 'publishFlagged'>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

/** @returns the outbox, to be nudged after something was written to it */
export const composeEvents = ({ stores, useCases, metrics, logger, closing }: EventsInit) => {
  const relay = createRelay({
    pool: stores.pool,
    handlers: {
      [sessionEndedKind]: async row => {
        const { ending, token } = parseSessionEnded(row.payload)
        await useCases.publishEnding(ending, token)
        await useCases.publishEvent(ending)
      },
      [sessionFlaggedKind]: row => useCases.publishFlagged(parseSessionFlagged(row.payload)),
    },
    logger,
    metrics,
  })
  relay.start()
  closing.add('outbox relay', relay.close)
  return relay
}
