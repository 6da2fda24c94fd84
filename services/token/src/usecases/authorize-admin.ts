/**
 * Who may use the admin API: a client of an operator, by a token of its own with the scope that the call needs. What the
 * token says counts only as far as the client has it at this moment: a scope that was taken away is gone at once.
 */
import { OAuthError } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'
import type { ClientId } from '../domain/ids.ts'
import type { AuthenticateBearer, BearerRequest } from './authenticate-bearer.ts'

export interface AuthorizeAdminDeps {
  readonly authenticateBearer: AuthenticateBearer
  readonly clients: { find(id: string): Promise<Client | undefined> }
}

export interface Admin {
  readonly clientId: ClientId
}

/** @throws OAuthError: 401 for who that is, 403 for what it may */
export const createAuthorizeAdmin =
  ({ authenticateBearer, clients }: AuthorizeAdminDeps) =>
  async (request: BearerRequest, scope: string): Promise<Admin> => {
    const { client_id: clientId, sub } = await authenticateBearer(request, { scope })
    const client = await clients.find(clientId)
    const mayStill = client?.origin === 'operator' && client.metadata.scopes.includes(scope)
    if (client === undefined || sub !== clientId || !mayStill)
      throw new OAuthError('insufficient_scope', `The token lacks the scope ${scope}`)
    return { clientId: client.id }
  }

export type AuthorizeAdmin = ReturnType<typeof createAuthorizeAdmin>
