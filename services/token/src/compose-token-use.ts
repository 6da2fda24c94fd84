/** What becomes of tokens once they are given: asked about, used at the UserInfo endpoint. */
import type { Clients } from './compose-clients.ts'
import type { Grants } from './compose-grants.ts'
import type { Keys } from './compose-keys.ts'
import type { Proofs } from './compose-proofs.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { createIntrospectRoutes } from './http/introspect.ts'
import { createUserinfoRoutes } from './http/userinfo.ts'
import { createIntrospectToken } from './usecases/introspect-token.ts'
import { createReadUserinfo } from './usecases/read-userinfo.ts'

export interface TokenUseInit {
  readonly settings: TokenSettings
  readonly stores: Pick<Stores, 'clients' | 'liveRefreshTokens' | 'subjects'>
  readonly clients: Pick<Clients, 'checkSession'>
  readonly keys: Pick<Keys, 'signResponse'>
  readonly proofs: Pick<Proofs, 'authenticateBearer' | 'checkAccessToken' | 'dpopNonces'>
  readonly grants: Pick<Grants, 'authenticateClient'>
  readonly now: () => Date
}

export const composeTokenUse = (init: TokenUseInit) => {
  const { settings, stores, clients, keys, proofs, grants, now } = init
  const { authenticateClient } = grants
  const introspectToken = createIntrospectToken({
    issuer: settings.PUBLIC_URL,
    authenticateClient,
    clients: stores.clients,
    checkAccessToken: proofs.checkAccessToken,
    refreshTokens: stores.liveRefreshTokens,
    checkSession: clients.checkSession,
    signResponse: keys.signResponse,
    now,
  })
  const readUserinfo = createReadUserinfo({
    authenticateBearer: proofs.authenticateBearer,
    clients: stores.clients,
    subjects: stores.subjects,
    signResponse: keys.signResponse,
  })
  return {
    routes: [
      ...createIntrospectRoutes({ introspectToken }),
      ...createUserinfoRoutes({ readUserinfo, dpopNonces: proofs.dpopNonces }),
    ],
  }
}

export type TokenUse = ReturnType<typeof composeTokenUse>
