/** Comes back in the ID token as it is. @see OpenID Connect Core §3.1.2.1 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import type { RuleInput } from './request.ts'

// It is stored with the code and signed into a token: nobody needs a nonce that long.
const longest = 2_048

/** @throws OAuthError `invalid_request` */
export const checkNonce = ({ parameters }: RuleInput): string | undefined => {
  const nonce = findParameter(parameters, 'nonce')
  if (nonce === undefined || nonce.length <= longest) return nonce
  throw new OAuthError('invalid_request', `nonce must have at most ${longest} characters`)
}
