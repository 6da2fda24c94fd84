/** The services behind the gateway, as far as it asks them something of its own. */
import {
  createActivityRecorder,
  createBearerVerifier,
  createFindSessionState,
  createSessionClient,
} from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { createHealthClient, type HealthAnswer } from '@latchkey/runtime/grpc'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { GatewaySettings } from './config.ts'

export interface ClientsInit {
  readonly settings: GatewaySettings
  readonly tls: TlsMaterial
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

export const composeClients = ({ settings, tls, metrics, logger, closing, now }: ClientsInit) => {
  const sessions = createSessionClient({
    target: settings.SESSION_GRPC,
    tls,
    metrics,
    deadlineMs: settings.SERVICE_TIMEOUT_SECONDS * 1_000,
  })
  closing.add('session client', sessions.close)
  const activity = createActivityRecorder({ sessions, logger })
  closing.add('activity', activity.close)

  const healthClientOf = (serverName: string, target: string) => {
    // As long as a service's own checks may take: one that is slow to answer is not away.
    const client = createHealthClient({ target, tls, serverName, deadlineMs: 2_000 })
    closing.add(`${serverName} health client`, client.close)
    return client
  }
  const healthClients = {
    identity: healthClientOf('identity', settings.IDENTITY_GRPC),
    token: healthClientOf('token', settings.TOKEN_GRPC),
    session: healthClientOf('session', settings.SESSION_GRPC),
    notification: healthClientOf('notification', settings.NOTIFICATION_GRPC),
  }

  const verifier = createBearerVerifier({
    issuer: settings.PUBLIC_URL,
    tokenUrls: settings.TOKEN_URL,
    tls,
    now,
  })
  closing.add('bearer verifier', verifier.close)
  return {
    verifier,
    findSessionState: createFindSessionState(sessions),
    recordActivity: activity.record,
    askService: (service: keyof typeof healthClients, check: string): Promise<HealthAnswer> =>
      healthClients[service].check(check),
  }
}

export type Clients = ReturnType<typeof composeClients>
