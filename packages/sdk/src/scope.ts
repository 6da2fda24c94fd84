/** What a token allows: its scopes against those that a route asks for. */
import type { AccessTokenClaims } from './access-token-claims.ts'

/** One scope, several in a space-separated text, or a list of them. */
export type Scope = string | readonly string[]

/** @see RFC 6749 §3.3 */
const scopesOf = (scope: Scope | undefined): readonly string[] =>
  (typeof scope === 'string' ? scope.split(' ') : (scope ?? [])).filter(each => each !== '')

/** A good token that does not allow this. Answer 403. */
export class InsufficientScopeError extends Error {
  override readonly name = 'InsufficientScopeError'
  readonly status = 403
  readonly code = 'insufficient_scope'
  /** All scopes that the route needs. */
  readonly required: readonly string[]

  constructor(required: readonly string[]) {
    super('The token does not have the scope that is needed here')
    this.required = required
  }
}

/**
 * Checks that a token has every one of these scopes.
 * @throws InsufficientScopeError
 * @see RFC 6750 §3.1
 */
export const assertScope = (claims: Pick<AccessTokenClaims, 'scope'>, required: Scope): void => {
  const granted = scopesOf(claims.scope)
  const needed = scopesOf(required)
  if (!needed.every(scope => granted.includes(scope))) throw new InsufficientScopeError(needed)
}
