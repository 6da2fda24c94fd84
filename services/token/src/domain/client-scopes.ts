/** Which scopes a client may have. @see draft OAuth 2.1 §1.4.1 */
import { OAuthError } from '@latchkey/oauth'
import type { Client } from './client.ts'

/** They speak of a user: of their identity, their data, their absence. */
const usersScopes = new Set(['openid', 'profile', 'email', 'address', 'phone', 'offline_access'])

/** They open the admin API, to clients that an operator has made. */
export const isAdminScope = (scope: string): boolean => scope.startsWith('admin:')

export const scopeNotAvailable = () =>
  new OAuthError('invalid_scope', 'Requested scope not available for client')

/**
 * What a client gets for itself of what it asks for: all of it or nothing.
 * @throws OAuthError `invalid_scope` where it asks for more than it may have, or for what only a user can grant
 */
export const clientsOwnScope = (
  { origin, metadata }: Pick<Client, 'origin' | 'metadata'>,
  requested: readonly string[],
): readonly string[] => {
  const isAvailable = (scope: string) =>
    metadata.scopes.includes(scope) &&
    !usersScopes.has(scope) &&
    (origin === 'operator' || !isAdminScope(scope))
  if (!requested.every(isAvailable)) throw scopeNotAvailable()
  return requested
}
