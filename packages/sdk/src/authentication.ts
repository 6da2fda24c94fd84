/** How well, and how lately, the user of a token has proven who they are. */
import type { AccessTokenClaims } from './access-token-claims.ts'

/** How the user must have signed in: all that is named. */
export interface AuthenticationRule {
  /** Any of these will do; name the better ones too: `['urn:latchkey:acr:mfa', 'phr']`. */
  readonly acrValues?: readonly string[]
  /** How long ago they may have signed in, in seconds. */
  readonly maxAge?: number
}

/** A good token whose sign-in is not good enough: the client is to bring its user back with these. Answer 401. */
export class InsufficientUserAuthenticationError extends Error {
  override readonly name = 'InsufficientUserAuthenticationError'
  readonly status = 401
  readonly code = 'insufficient_user_authentication'
  readonly rule: AuthenticationRule

  constructor(rule: AuthenticationRule) {
    super('A better or a fresher sign-in is needed here')
    this.rule = rule
  }
}

/**
 * Checks how the user signed in. A token without `acr` or `auth_time` has neither.
 * @throws InsufficientUserAuthenticationError; TypeError for a rule that asks for nothing
 * @see RFC 9470 §3
 */
export const assertAuthentication = (
  claims: Pick<AccessTokenClaims, 'acr' | 'auth_time'>,
  rule: AuthenticationRule,
  now: Date = new Date(),
): void => {
  const { acrValues, maxAge } = rule
  if (acrValues === undefined && maxAge === undefined) throw new TypeError('a rule names acrValues or maxAge')
  const isGoodEnough =
    acrValues === undefined || acrValues.some(acr => typeof claims.acr === 'string' && claims.acr === acr)
  const age = now.getTime() / 1_000 - (claims.auth_time ?? 0)
  const isFresh = maxAge === undefined || (claims.auth_time !== undefined && age <= maxAge)
  if (!isGoodEnough || !isFresh) throw new InsufficientUserAuthenticationError(rule)
}
