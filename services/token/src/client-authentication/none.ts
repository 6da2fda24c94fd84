/** `none`: a public client has nothing to prove, and says only its name. @see draft OAuth 2.1 §2.4.2 */
import { getParameter } from '@latchkey/oauth'
import type { AuthenticationAttempt, ClientRequest } from './attempt.ts'

/** What is left where no method was used. @throws OAuthError `invalid_request` where the request names no client */
export const nameClient = ({ parameters }: ClientRequest): AuthenticationAttempt => ({
  method: 'none',
  clientId: getParameter(parameters, 'client_id'),
  isRight: () => true,
})
