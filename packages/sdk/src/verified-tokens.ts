/**
 * Tokens that have been verified a moment ago: a bounded memory, keyed on the SHA-256 of the whole token, so that a
 * changed signature is another token and no raw token is kept.
 */
import { sha256 } from '#sha256'
import type { AccessTokenClaims } from './access-token-claims.ts'
import { createBoundedMap } from './bounded-map.ts'

export const createVerifiedTokens = (capacity: number) => {
  const claimsByHash = createBoundedMap<AccessTokenClaims>(capacity)
  return {
    keyOf: sha256,
    find: claimsByHash.get,
    forget: claimsByHash.delete,
    remember: claimsByHash.set,
    clear: claimsByHash.clear,
  }
}
