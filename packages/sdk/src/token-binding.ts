/**
 * How a token was sent must be how it may be sent: one that is bound to a key is no bearer token, whoever has found it
 * (RFC 9449 §7.2), and one that is not bound shows nothing by a proof.
 */
import type { AccessTokenClaims } from './access-token-claims.ts'
import { TokenError } from './token-error.ts'

/** The scheme of the Authorization header. */
export type TokenScheme = 'Bearer' | 'DPoP'

/**
 * Other confirmation methods than `jkt`, such as certificates, are not supported: such a token is refused.
 * @throws TokenError
 */
export const assertBinding = (claims: AccessTokenClaims, scheme: TokenScheme): AccessTokenClaims => {
  const isAsSent = scheme === 'Bearer' ? claims.cnf === undefined : typeof claims.cnf?.jkt === 'string'
  if (!isAsSent) throw new TokenError('binding')
  return claims
}
