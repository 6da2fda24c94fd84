/**
 * What the client asks to be allowed: all of it must be its to ask for. Where it asks for nothing, it gets the defaults
 * among its scopes.
 *
 * @see draft OAuth 2.1 §3.2.2.1, OpenID Connect Core §11
 */
import { findParameter, OAuthError, parseScope } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'
import { scopeNotAvailable } from '../domain/client-scopes.ts'
import { isAdminScope, type Scope } from '../domain/scope.ts'
import type { RuleInput } from './request.ts'

export interface CheckScopeDeps {
  /** The active ones. */
  readonly findScopes: () => Promise<readonly Scope[]>
}

/** Nothing comes of offline_access without refresh tokens: it is left out rather than asked of the user. */
const isOfUse = (scope: string, { metadata }: Client): boolean =>
  scope !== 'offline_access' || metadata.grantTypes.includes('refresh_token')

/** @throws OAuthError `invalid_scope` */
export const checkScope = async (
  { client, parameters }: RuleInput,
  { findScopes }: CheckScopeDeps,
): Promise<readonly string[]> => {
  const known = await findScopes()
  const asked = parseScope(findParameter(parameters, 'scope'))
  const available = known.filter(({ name }) => client.metadata.scopes.includes(name))
  if (asked.length === 0) {
    const defaults = available.filter(({ isDefault }) => isDefault).map(({ name }) => name)
    if (defaults.length > 0) return defaults
    throw new OAuthError('invalid_scope', 'scope parameter is required: the client has no default scope')
  }
  // Admin scopes open the installation, which is no user's to grant.
  const isAvailable = (scope: string) => !isAdminScope(scope) && available.some(({ name }) => name === scope)
  if (!asked.every(isAvailable)) throw scopeNotAvailable()
  return asked.filter(scope => isOfUse(scope, client))
}
