/** The service to the right: sessions, their state, their use and their end. */
import { createActivityRecorder, createFindSessionState, createSessionClient } from '@latchkey/contracts'
import { createRevocationCheck } from '@latchkey/revocation'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createIsSessionActive } from './clients/active-sessions.ts'
import { createEndSession, createRelaySessionEnd } from './clients/sessions.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'

export interface ClientsInit {
  readonly settings: TokenSettings
  readonly tls: TlsMaterial
  readonly stores: Pick<Stores, 'redis'>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

export const composeClients = ({ settings, tls, stores, metrics, logger, closing, now }: ClientsInit) => {
  const sessions = createSessionClient({
    target: settings.SESSION_GRPC,
    tls,
    metrics,
    deadlineMs: settings.SERVICE_TIMEOUT_SECONDS * 1_000,
  })
  closing.add('session client', sessions.close)
  const activity = createActivityRecorder({ sessions, logger })
  closing.add('activity', activity.close)
  const revocation = createRevocationCheck({
    redis: stores.redis,
    getSession: createFindSessionState(sessions),
    now,
  })
  return {
    /** Whether a session lives at this moment, by Redis or, where that can't be believed, by its service. */
    checkSession: revocation.check,
    isSessionActive: createIsSessionActive({ redis: stores.redis, sessions }),
    relaySessionEnd: createRelaySessionEnd(sessions),
    endSession: createEndSession(sessions),
    recordActivity: activity.record,
  }
}

export type Clients = ReturnType<typeof composeClients>
