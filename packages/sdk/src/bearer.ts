/** The token of a plain bearer request of Node, for callers that check it themselves. */
import type { IncomingMessage } from 'node:http'
import { bearerIn } from './bearer-from.ts'
import { credentialsOf } from './credentials.ts'
import { headerValues } from './header-values.ts'

/**
 * The token of a request's only Authorization header. Several of them are refused: which one counts would be anybody's
 * guess.
 * @throws TokenError
 */
export const bearerOf = (request: Pick<IncomingMessage, 'rawHeaders'>): string =>
  bearerIn(credentialsOf(headerValues(request, 'authorization')))
