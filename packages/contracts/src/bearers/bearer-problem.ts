/** What the bearer of a refused token is told: 401 with the challenge, or 503 while nobody can judge the token. */
import { Problem, unavailable } from '@latchkey/runtime/problem'
import { KeysUnavailableError, TokenError } from '@latchkey/sdk'

/** Undefined for what has nothing to do with a bearer. @see RFC 6750 §3, RFC 9110 §15.6.4 */
export const bearerProblem = (error: unknown): Problem | undefined => {
  if (error instanceof TokenError)
    return new Problem({
      status: 401,
      code: error.code.toUpperCase(),
      detail: error.message,
      headers: { 'WWW-Authenticate': error.challenge },
      cause: error,
    })
  if (error instanceof KeysUnavailableError)
    return unavailable('Tokens can not be verified at the moment', error.retryAfterSeconds, error)
  return undefined
}
