/**
 * Decides whether a bearer is good now: verified offline with the token service's published keys, then checked
 * against what was revoked.
 */
import { type AccessTokenClaims, bearerFrom, KeysUnavailableError, TokenError } from '@latchkey/sdk'

export interface AuthenticateRequestDeps {
  verifyToken: (token: string) => Promise<AccessTokenClaims>
  checkRevocation: (token: { sessionId: string; jti: string }) => Promise<'live' | 'revoked' | 'undecided'>
}

export type Authenticated =
  | { outcome: 'authenticated'; claims: AccessTokenClaims & { sid: string } }
  | { outcome: 'refused'; reason: 'missing' | 'invalid' | 'expired' }
  /** Neither yes nor no: the keys, or the state of the session, can't be had at the moment. */
  | { outcome: 'undecided' }

const refusalOf = (error: TokenError) => {
  if (error.reason === 'missing') return 'missing'
  return error.code === 'token_expired' ? 'expired' : 'invalid'
}

const hasSession = (claims: AccessTokenClaims): claims is AccessTokenClaims & { sid: string } =>
  claims.sid !== undefined

export const createAuthenticateRequest =
  ({ verifyToken, checkRevocation }: AuthenticateRequestDeps) =>
  async (authorization: string | undefined): Promise<Authenticated> => {
    try {
      const claims = await verifyToken(bearerFrom(authorization))
      // The first-party API belongs to a signed-in user; a token without a session is another client's.
      if (!hasSession(claims)) return { outcome: 'refused', reason: 'invalid' }
      const state = await checkRevocation({ sessionId: claims.sid, jti: claims.jti })
      if (state === 'undecided') return { outcome: 'undecided' }
      return state === 'live'
        ? { outcome: 'authenticated', claims }
        : { outcome: 'refused', reason: 'invalid' }
    } catch (error) {
      if (error instanceof KeysUnavailableError) return { outcome: 'undecided' }
      if (error instanceof TokenError) return { outcome: 'refused', reason: refusalOf(error) }
      throw error
    }
  }

export type AuthenticateRequest = ReturnType<typeof createAuthenticateRequest>
