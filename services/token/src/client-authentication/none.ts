/** `none`: a public client has nothing to prove, and says only its name. @see draft OAuth 2.1 §2.4.2 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import type { AuthenticationAttempt, ClientRequest } from './attempt.ts'
import { basicChallenge } from './client-secret-basic.ts'

/**
 * What is left where no method was used.
 * @throws OAuthError `invalid_client` where the request names no client either: "no client authentication included"
 * @see RFC 6749 §5.2, RFC 7662 §2.3
 */
export const nameClient = ({ parameters }: ClientRequest): AuthenticationAttempt => {
  const clientId = findParameter(parameters, 'client_id')
  if (clientId === undefined)
    throw new OAuthError('invalid_client', 'Client authentication failed', { headers: basicChallenge })
  return { method: 'none', clientId, judge: () => 'right' }
}
