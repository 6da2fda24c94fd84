/** The token of a plain bearer request, for callers that check it themselves. */
import { type Credentials, credentialsFrom } from './credentials.ts'
import { TokenError } from './token-error.ts'

/** @throws TokenError where it was not sent as a bearer */
export const bearerIn = ({ scheme, token }: Credentials): string => {
  if (scheme !== 'Bearer') throw new TokenError('missing')
  return token
}

/**
 * Takes the token out of `Bearer <b64token>`; the scheme is case-insensitive.
 * @throws TokenError where the header is missing, names another scheme, or holds anything but one token
 * @see RFC 6750 §2.1
 */
export const bearerFrom = (authorization: string | undefined): string =>
  bearerIn(credentialsFrom(authorization))
