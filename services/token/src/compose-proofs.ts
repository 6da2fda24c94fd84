/** How clients and bearers prove who they are, beyond secrets: DPoP. */
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { createDpopNonces, dpopNonceKeyOf } from './dpop/nonces.ts'
import { createVerifyDpopProof } from './dpop/verify-dpop-proof.ts'

export interface ProofsInit {
  readonly settings: TokenSettings
  readonly stores: Pick<Stores, 'usedIds'>
  readonly now: () => Date
}

export const composeProofs = ({ settings, stores, now }: ProofsInit) => {
  const dpopNonces = createDpopNonces({
    keys: [
      dpopNonceKeyOf(settings.KEY_ENCRYPTION_KEY),
      ...settings.KEY_ENCRYPTION_KEYS_OLD.map(dpopNonceKeyOf),
    ],
    now,
  })
  const verifyDpopProof = createVerifyDpopProof({
    publicUrl: settings.PUBLIC_URL,
    nonces: dpopNonces,
    requiresNonce: settings.DPOP_REQUIRE_NONCE,
    usedIds: stores.usedIds,
    now,
  })
  return { dpopNonces, verifyDpopProof }
}

export type Proofs = ReturnType<typeof composeProofs>
