/** Whose request it is. Ids are case-sensitive. @see draft OAuth 2.1 §4.1.2.1 */
import { findParameter, OAuthError, type OAuthParameters } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'

export interface FindClientDeps {
  readonly clients: { find(id: string): Promise<Client | undefined> }
}

/** @throws OAuthError `invalid_client`, `invalid_request`, never to be sent anywhere by redirect */
export const findActiveClient = async (
  { clients }: FindClientDeps,
  parameters: OAuthParameters,
): Promise<Client> => {
  const id = findParameter(parameters, 'client_id')
  if (id === undefined) throw new OAuthError('invalid_request', 'client_id parameter is required')
  const client = await clients.find(id)
  // Not 401: nobody tried to authenticate.
  if (client?.isActive !== true)
    throw new OAuthError('invalid_client', 'Client not found or inactive', { status: 400 })
  return client
}
