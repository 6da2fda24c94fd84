/** How clients and bearers prove who they are, beyond secrets: access tokens, DPoP, keys of their own. */
import type { Logger } from '@latchkey/runtime/logger'
import { parseCidr } from '@latchkey/runtime/networks'
import { createOutboundFetch } from '@latchkey/runtime/outbound'
import { createFetchedKeySets } from './client-keys/fetched-key-sets.ts'
import { createClientKeys } from './client-keys/index.ts'
import type { Clients } from './compose-clients.ts'
import type { Keys } from './compose-keys.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { createDpopNonces, dpopNonceKeyOf } from './dpop/nonces.ts'
import { createVerifyDpopProof } from './dpop/verify-dpop-proof.ts'
import { createAccessTokenVerifier } from './keys/access-token-verifier.ts'
import { createAuthenticateBearer } from './usecases/authenticate-bearer.ts'
import { createCheckAccessToken } from './usecases/check-access-token.ts'

export interface ProofsInit {
  readonly settings: TokenSettings
  readonly stores: Pick<Stores, 'clients' | 'usedIds' | 'revocations'>
  readonly clients: Pick<Clients, 'checkSession'>
  readonly keys: Pick<Keys, 'keyring'>
  readonly logger: Logger
  readonly now: () => Date
}

export const composeProofs = ({ settings, stores, clients, keys, logger, now }: ProofsInit) => {
  const issuer = settings.PUBLIC_URL
  const dpopNonces = createDpopNonces({
    keys: [
      dpopNonceKeyOf(settings.KEY_ENCRYPTION_KEY),
      ...settings.KEY_ENCRYPTION_KEYS_OLD.map(dpopNonceKeyOf),
    ],
    now,
  })
  const verifyDpopProof = createVerifyDpopProof({
    publicUrl: issuer,
    nonces: dpopNonces,
    requiresNonce: settings.DPOP_REQUIRE_NONCE,
    usedIds: stores.usedIds,
    now,
  })
  const verifyAccessToken = createAccessTokenVerifier({ keyring: keys.keyring, issuer, now })
  const checkAccessToken = createCheckAccessToken({
    verifyAccessToken,
    clients: stores.clients,
    revocations: stores.revocations,
    checkSession: clients.checkSession,
  })
  const authenticateBearer = createAuthenticateBearer({ issuer, checkAccessToken, verifyDpopProof })
  const outboundFetch = createOutboundFetch({
    allowedNetworks: settings.OUTBOUND_ALLOWED_NETWORKS.map(parseCidr),
  })
  const clientKeys = createClientKeys({
    fetched: createFetchedKeySets({ fetch: outboundFetch, now, logger }),
  })
  return {
    ...clientKeys,
    outboundFetch,
    dpopNonces,
    verifyDpopProof,
    verifyAccessToken,
    checkAccessToken,
    authenticateBearer,
  }
}

export type Proofs = ReturnType<typeof composeProofs>
