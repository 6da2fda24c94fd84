/**
 * The access token in an Authorization header, and nowhere else: a token in a query string or a form is not looked at
 * (draft OAuth 2.1 §5.1 forbids the first).
 */
import type { TokenScheme } from './token-binding.ts'
import { TokenError } from './token-error.ts'

/** Longer than any token that a header of Node's 16 KiB limit can carry is not worth parsing. */
export const maxTokenLength = 8192

const form = /^(Bearer|DPoP) +([A-Za-z0-9\-._~+/]+=*)$/i
const ourSchemes = /^(Bearer|DPoP)\b/i

export interface Credentials {
  readonly scheme: TokenScheme
  readonly token: string
}

/**
 * Takes scheme and token out of `Bearer <token>` or `DPoP <token>`; the scheme is case-insensitive.
 * @throws TokenError where the header is missing, names another scheme, or holds anything but one token
 * @see RFC 6750 §2.1, RFC 9449 §7.1
 */
export const credentialsFrom = (authorization: string | undefined): Credentials => {
  if (authorization === undefined || authorization === '') throw new TokenError('missing')
  if (authorization.length > maxTokenLength + 16) throw new TokenError('malformed')
  const [, scheme, token] = form.exec(authorization) ?? []
  if (scheme === undefined || token === undefined)
    throw new TokenError(ourSchemes.test(authorization) ? 'malformed' : 'missing')
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token }
}

/**
 * The same for the Authorization headers of a request. Several of them are refused: which one counts would be anybody's
 * guess.
 * @throws TokenError
 */
export const credentialsOf = ([authorization, ...others]: readonly string[]): Credentials => {
  if (others.length > 0) throw new TokenError('malformed')
  return credentialsFrom(authorization)
}
