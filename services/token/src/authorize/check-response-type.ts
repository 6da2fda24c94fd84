/** `code` alone. @see draft OAuth 2.1 §4.1.1, RFC 9700 §2.1.2 */
import { getParameter, OAuthError } from '@latchkey/oauth'
import type { RuleInput } from './request.ts'

const implicit = ['token', 'id_token']

/** @throws OAuthError `unsupported_response_type`, `invalid_request` */
export const checkResponseType = ({ parameters }: RuleInput): void => {
  const responseType = getParameter(parameters, 'response_type')
  if (responseType === 'code') return
  const asksForTokens = responseType.split(' ').some(word => implicit.includes(word))
  throw new OAuthError(
    'unsupported_response_type',
    asksForTokens
      ? 'The implicit grant is not part of OAuth 2.1: use response_type=code with PKCE'
      : 'response_type must be code',
  )
}
