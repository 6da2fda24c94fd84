/** The key that the code is bound to before it is redeemed. @see RFC 9449 §10 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import type { RuleInput } from './request.ts'

/** @throws OAuthError `invalid_request` */
export const checkDpopJkt = ({ parameters }: RuleInput): string | undefined => {
  const thumbprint = findParameter(parameters, 'dpop_jkt')
  if (thumbprint === undefined || /^[A-Za-z0-9_-]{43}$/.test(thumbprint)) return thumbprint
  throw new OAuthError('invalid_request', 'dpop_jkt must be an RFC 7638 thumbprint with SHA-256')
}
