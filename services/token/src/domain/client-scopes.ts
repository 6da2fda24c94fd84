/** Which scopes a client may have. @see draft OAuth 2.1 §1.4.1 */
import { OAuthError } from '@latchkey/oauth'
import type { Client } from './client.ts'
import type { Scope } from './scope.ts'

/** They speak of a user: of their identity, their data, their absence. */
const usersScopes = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'roles',
  'organization',
  'offline_access',
])

export const scopeNotAvailable = () =>
  new OAuthError('invalid_scope', 'Requested scope not available for client')

/**
 * What a client gets for itself of what it asks for: all of it or nothing; the defaults among its scopes where it asks
 * for nothing. No user has a say in it, so only a client that an operator has made gets any.
 *
 * @param known the active scopes
 * @throws OAuthError `invalid_scope` where it asks for more than it may have, or for what only a user can grant
 */
export const clientsOwnScope = (
  { origin, metadata }: Pick<Client, 'origin' | 'metadata'>,
  requested: readonly string[],
  known: readonly Pick<Scope, 'name' | 'isDefault'>[],
): readonly string[] => {
  const available = known.filter(
    ({ name }) => origin === 'operator' && metadata.scopes.includes(name) && !usersScopes.has(name),
  )
  if (requested.length === 0) return available.filter(({ isDefault }) => isDefault).map(({ name }) => name)
  if (!requested.every(scope => available.some(({ name }) => name === scope))) throw scopeNotAvailable()
  return requested
}
