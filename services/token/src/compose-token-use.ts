/** What becomes of tokens once they are given: asked about, ended, used at the UserInfo endpoint. */
import { createRevocationMarkers } from '@latchkey/revocation'
import type { Logger } from '@latchkey/runtime/logger'
import type { Clients } from './compose-clients.ts'
import type { Grants } from './compose-grants.ts'
import type { Keys } from './compose-keys.ts'
import type { Proofs } from './compose-proofs.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { createIntrospectRoutes } from './http/introspect.ts'
import { createRevokeRoutes } from './http/revoke.ts'
import { createUserinfoRoutes } from './http/userinfo.ts'
import { createIntrospectToken } from './usecases/introspect-token.ts'
import { createReadUserinfo } from './usecases/read-userinfo.ts'
import { createRevokeToken } from './usecases/revoke-token.ts'

export interface TokenUseInit {
  readonly settings: TokenSettings
  readonly stores: Pick<
    Stores,
    'clients' | 'families' | 'grantRevocations' | 'liveRefreshTokens' | 'redis' | 'revocations' | 'subjects'
  >
  readonly clients: Pick<Clients, 'checkSession'>
  readonly keys: Pick<Keys, 'signResponse'>
  readonly proofs: Pick<
    Proofs,
    'authenticateBearer' | 'checkAccessToken' | 'dpopNonces' | 'verifyAccessToken'
  >
  readonly grants: Pick<Grants, 'authenticateClient'>
  readonly logger: Logger
  readonly now: () => Date
}

export const composeTokenUse = (init: TokenUseInit) => {
  const { settings, stores, clients, keys, proofs, grants, logger, now } = init
  const { authenticateClient } = grants
  const introspectToken = createIntrospectToken({
    issuer: settings.PUBLIC_URL,
    authenticateClient,
    checkAccessToken: proofs.checkAccessToken,
    refreshTokens: stores.liveRefreshTokens,
    checkSession: clients.checkSession,
    signResponse: keys.signResponse,
    now,
  })
  const revokeToken = createRevokeToken({
    authenticateClient,
    verifyAccessToken: proofs.verifyAccessToken,
    families: stores.families,
    revocations: stores.revocations,
    grantRevocations: stores.grantRevocations,
    showRevoked: createRevocationMarkers({ redis: stores.redis }).blacklistToken,
    logger,
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
      ...createRevokeRoutes({ revokeToken }),
      ...createUserinfoRoutes({ readUserinfo, dpopNonces: proofs.dpopNonces }),
    ],
  }
}

export type TokenUse = ReturnType<typeof composeTokenUse>
