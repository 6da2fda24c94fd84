/**
 * Decides whether a bearer is good now: verified offline with the token service's published keys, then checked
 * against what was revoked.
 */
import { type AccessTokenClaims, KeysUnavailableError, TokenError } from '@latchkey/sdk'

export interface AuthenticateRequestDeps {
  verifyToken: (token: string) => Promise<AccessTokenClaims>
  checkRevocation: (token: { sessionId: string; jti: string }) => Promise<'live' | 'revoked' | 'undecided'>
}

export type Authenticated =
  | { outcome: 'authenticated'; claims: AccessTokenClaims & { sid: string } }
  | { outcome: 'refused'; error: TokenError }
  /** Neither yes nor no: the keys, or the state of the session, can't be had at the moment. */
  | { outcome: 'undecided' }

const refused = (error: TokenError): Authenticated => ({ outcome: 'refused', error })

const hasSession = (claims: AccessTokenClaims): claims is AccessTokenClaims & { sid: string } =>
  claims.sid !== undefined

export const createAuthenticateRequest =
  ({ verifyToken, checkRevocation }: AuthenticateRequestDeps) =>
  /** @param readBearer gives the request's token. @throws TokenError where it has none */
  async (readBearer: () => string): Promise<Authenticated> => {
    try {
      const claims = await verifyToken(readBearer())
      // The first-party API belongs to a signed-in user; a token without a session is another client's.
      if (!hasSession(claims)) return refused(new TokenError('claims'))
      const state = await checkRevocation({ sessionId: claims.sid, jti: claims.jti })
      if (state === 'undecided') return { outcome: 'undecided' }
      return state === 'live' ? { outcome: 'authenticated', claims } : refused(new TokenError('revoked'))
    } catch (error) {
      if (error instanceof KeysUnavailableError) return { outcome: 'undecided' }
      if (error instanceof TokenError) return refused(error)
      throw error
    }
  }

export type AuthenticateRequest = ReturnType<typeof createAuthenticateRequest>
