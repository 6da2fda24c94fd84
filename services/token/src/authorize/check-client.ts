/** What the client may do at all. @see draft OAuth 2.1 §4.1.2.1, OpenID Connect Core §3.1.2.6 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import type { RuleInput } from './request.ts'

/** @throws OAuthError `unauthorized_client`, `registration_not_supported` */
export const checkClient = ({ client, parameters }: RuleInput): void => {
  if (!client.metadata.grantTypes.includes('authorization_code'))
    throw new OAuthError('unauthorized_client', 'The client is not registered for authorization_code')
  if (findParameter(parameters, 'registration') !== undefined)
    throw new OAuthError('registration_not_supported', 'Register the client first; see POST /oauth/register')
}
