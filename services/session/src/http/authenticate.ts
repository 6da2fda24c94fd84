/** Who asks: the user and the session of a first-party access token. */
import { bearerFrom, TokenError, type TokenVerifier } from '@latchkey/sdk'
import type { Request } from 'express'
import type { PresentedToken } from '../domain/ending.ts'
import { parseSessionId, parseUserId, type SessionId, type UserId } from '../domain/ids.ts'
import type { FindSession } from '../usecases/find-session.ts'

export interface Caller {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly token: PresentedToken
}

export type Authenticate = (req: Request) => Promise<Caller>

/** Tokens of other clients speak for the user elsewhere; sessions are the user's own affair. */
const firstPartyClient = 'latchkey'

/** @throws TokenError, KeysUnavailableError */
export const createAuthenticate =
  (verifier: Pick<TokenVerifier, 'verify'>): Authenticate =>
  async req => {
    const [authorization, ...more] = req.headersDistinct.authorization ?? []
    if (more.length > 0) throw new TokenError('malformed')
    const claims = await verifier.verify(bearerFrom(authorization))
    const userId = parseUserId(claims.sub)
    const sessionId = parseSessionId(claims.sid ?? '')
    const isFirstParty = claims.client_id === firstPartyClient && claims.type === 'access'
    if (!isFirstParty || userId === undefined || sessionId === undefined) throw new TokenError('claims')
    return { userId, sessionId, token: { jti: claims.jti, expiresAt: new Date(claims.exp * 1000) } }
  }

/** The same, and the session must live by the word of Postgres: whoever lists or ends sessions is signed in. */
export const createAuthenticateLive =
  (authenticate: Authenticate, findSession: FindSession): Authenticate =>
  async req => {
    const caller = await authenticate(req)
    const found = await findSession(caller.sessionId)
    if (!found?.isLive || found.session.userId !== caller.userId) throw new TokenError('claims')
    return caller
  }
