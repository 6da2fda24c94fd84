/** How the answer travels: what is supported, and what the client may use. @see OAuth 2.0 Multiple Response Types §2.1 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import type { RuleInput } from './request.ts'

/** @throws OAuthError `invalid_request` */
export const checkResponseMode = ({ client, parameters }: RuleInput): void => {
  const asked = findParameter(parameters, 'response_mode')
  if (asked === undefined || client.metadata.responseModes.some(mode => mode === asked)) return
  throw new OAuthError(
    'invalid_request',
    asked === 'fragment'
      ? 'response_mode fragment is not supported: use query or form_post'
      : `response_mode must be one of: ${client.metadata.responseModes.join(', ')}`,
  )
}
