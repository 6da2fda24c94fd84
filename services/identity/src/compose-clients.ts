/** The services to identity's right, and the verifier of the tokens that one of them signs. */
import {
  createBearerVerifier,
  createNotificationClient,
  createSessionClient,
  createTokenClient,
} from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createAdmins } from './clients/admins.ts'
import { createBrowsers } from './clients/browsers.ts'
import { createConnectedApps } from './clients/connected-apps.ts'
import { createMails } from './clients/mails.ts'
import { createSessions } from './clients/sessions.ts'
import { createTokens } from './clients/tokens.ts'
import type { IdentitySettings } from './config.ts'

export interface ClientsInit {
  readonly settings: IdentitySettings
  readonly tls: TlsMaterial
  readonly metrics: Metrics
  readonly closing: Closing
}

export const composeClients = ({ settings, tls, metrics, closing }: ClientsInit) => {
  const calls = { tls, metrics, deadlineMs: settings.SERVICE_TIMEOUT_SECONDS * 1_000 }
  const session = createSessionClient({ ...calls, target: settings.SESSION_GRPC })
  closing.add('session client', session.close)
  const token = createTokenClient({ ...calls, target: settings.TOKEN_GRPC })
  closing.add('token client', token.close)
  const notification = createNotificationClient({ ...calls, target: settings.NOTIFICATION_GRPC })
  closing.add('notification client', notification.close)
  const verifier = createBearerVerifier({ issuer: settings.PUBLIC_URL, tokenUrls: [settings.TOKEN_URL], tls })
  closing.add('bearer verifier', verifier.close)
  return {
    sessions: createSessions(session),
    tokens: createTokens(token),
    browsers: createBrowsers(token),
    connectedApps: createConnectedApps(token),
    admins: createAdmins(token),
    mails: createMails(notification),
    verifier,
  }
}

export type Clients = ReturnType<typeof composeClients>
