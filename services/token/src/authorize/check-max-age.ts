/** How old the user's sign-in may be, in seconds. @see OpenID Connect Core §3.1.2.1, Registration §2 `default_max_age` */
import { findParameter, OAuthError } from '@latchkey/oauth'
import type { RuleInput } from './request.ts'

/** @throws OAuthError `invalid_request` */
export const checkMaxAge = ({ client, parameters }: RuleInput): number | undefined => {
  const text = findParameter(parameters, 'max_age')
  if (text === undefined) return client.metadata.defaultMaxAgeSeconds
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new OAuthError('invalid_request', 'max_age must be a whole number of seconds')
}
