/**
 * Tokens that have been verified a moment ago: a bounded memory, keyed on the SHA-256 of the whole token, so that a
 * changed signature is another token and no raw token is kept. The oldest entry makes room for a new one.
 */
import { sha256 } from '#sha256'
import type { AccessTokenClaims } from './access-token-claims.ts'

export const createVerifiedTokens = (capacity: number) => {
  const claimsByHash = new Map<string, AccessTokenClaims>()
  return {
    keyOf: sha256,
    find: (key: string) => claimsByHash.get(key),
    forget: (key: string) => void claimsByHash.delete(key),
    remember: (key: string, claims: AccessTokenClaims) => {
      if (capacity === 0) return
      if (claimsByHash.size >= capacity) {
        const oldest = claimsByHash.keys().next()
        if (!oldest.done) claimsByHash.delete(oldest.value)
      }
      claimsByHash.set(key, claims)
    },
    clear: () => claimsByHash.clear(),
  }
}
