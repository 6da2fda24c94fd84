/**
 * The token in an Authorization header, and nowhere else: a token in a query string or a form is not looked at
 * (draft OAuth 2.1 §5.1 forbids the first).
 */
import type { IncomingMessage } from 'node:http'
import { TokenError } from './token-error.ts'

/** Longer than any token that a header of Node's 16 KiB limit can carry is not worth parsing. */
export const maxTokenLength = 8192

const credentials = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/**
 * Takes the token out of `Bearer <b64token>`; the scheme is case-insensitive.
 * @throws TokenError where the header is missing, names another scheme, or holds anything but one token
 * @see RFC 6750 §2.1
 */
export const bearerFrom = (authorization: string | undefined): string => {
  if (authorization === undefined || authorization === '') throw new TokenError('missing')
  if (authorization.length > maxTokenLength + 16) throw new TokenError('malformed')
  const token = credentials.exec(authorization)?.[1]
  if (token === undefined) throw new TokenError(/^Bearer\b/i.test(authorization) ? 'malformed' : 'missing')
  return token
}

/**
 * The token of a request's only Authorization header. Several of them are refused: which one counts would be anybody's
 * guess.
 * @throws TokenError
 */
export const bearerOf = (request: Pick<IncomingMessage, 'headersDistinct'>): string => {
  const [authorization, ...others] = request.headersDistinct.authorization ?? []
  if (others.length > 0) throw new TokenError('malformed')
  return bearerFrom(authorization)
}
