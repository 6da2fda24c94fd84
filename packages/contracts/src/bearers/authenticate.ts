/**
 * Who calls the first-party API: the user and the session of a bearer. Tokens of other clients speak for the user
 * elsewhere; accounts and sessions are the user's own affair.
 */
import type { IncomingMessage } from 'node:http'
import { type Brand, isUuid } from '@latchkey/runtime/ids'
import { type AccessTokenClaims, bearerOf, TokenError, type TokenVerifier } from '@latchkey/sdk'

export interface Caller {
  readonly userId: Brand<string, 'UserId'>
  readonly sessionId: Brand<string, 'SessionId'>
  /** What names the token itself, for whoever revokes it. */
  readonly token: { readonly jti: string; readonly expiresAt: Date }
}

export type Authenticate = (request: IncomingMessage) => Promise<Caller>

const firstPartyClient = 'latchkey'

const isFirstParty = ({ client_id, type }: AccessTokenClaims): boolean =>
  client_id === firstPartyClient && type === 'access'

/** Upper case is the same UUID. @see RFC 9562 §4 */
const idOf = <Id extends string>(text: string | undefined): Id => {
  if (!isUuid(text)) throw new TokenError('claims')
  return text.toLowerCase() as Id
}

/** Revocation is not looked at: the gateway has. @throws TokenError, KeysUnavailableError */
export const createAuthenticate =
  (verifier: Pick<TokenVerifier, 'verify'>): Authenticate =>
  async request => {
    const claims = await verifier.verify(bearerOf(request))
    if (!isFirstParty(claims)) throw new TokenError('claims')
    return {
      userId: idOf(claims.sub),
      sessionId: idOf(claims.sid),
      token: { jti: claims.jti, expiresAt: new Date(claims.exp * 1_000) },
    }
  }
