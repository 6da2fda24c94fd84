/** The service to the right: sessions, their state, their use and their end. */
import { createActivityRecorder, createFindSessionState, createSessionClient } from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createRelaySessionEnd } from './clients/sessions.ts'
import type { TokenSettings } from './config.ts'

export interface ClientsInit {
  readonly settings: TokenSettings
  readonly tls: TlsMaterial
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

export const composeClients = ({ settings, tls, metrics, logger, closing }: ClientsInit) => {
  const sessions = createSessionClient({ target: settings.SESSION_GRPC, tls, metrics })
  closing.add('session client', sessions.close)
  const activity = createActivityRecorder({ sessions, logger })
  closing.add('activity', activity.close)
  return {
    findSessionState: createFindSessionState(sessions),
    relaySessionEnd: createRelaySessionEnd(sessions),
    recordActivity: activity.record,
  }
}

export type Clients = ReturnType<typeof composeClients>
