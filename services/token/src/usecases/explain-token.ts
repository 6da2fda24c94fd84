/**
 * Tells an operator what a token stands for and why it is good or not. Refresh tokens are opaque to everybody else; of an
 * access token, which anybody can read, the server knows whether it was revoked.
 */
import { decodeJwt, type JWTPayload } from 'jose'
import {
  type RefreshTokenRecord,
  type RefreshTokenState,
  stateOfRefreshToken,
} from '../domain/explained-token.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import { isRefreshToken } from '../domain/refresh-token.ts'
import type { CheckAccessToken } from './check-access-token.ts'

export interface ExplainTokenDeps {
  readonly refreshTokens: { find(tokenHash: Buffer): Promise<RefreshTokenRecord | undefined> }
  readonly checkAccessToken: CheckAccessToken
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly now: () => Date
}

export type ExplainedToken =
  | {
      readonly kind: 'refresh_token'
      readonly state: RefreshTokenState
      readonly record: RefreshTokenRecord
      /** Of the session behind it. */
      readonly session: 'live' | 'revoked' | 'undecided'
    }
  | {
      readonly kind: 'access_token'
      readonly state: 'live' | 'expired' | 'revoked' | 'undecided'
      readonly claims: JWTPayload
    }
  /** Nothing that this installation has issued, or so long ago that it is forgotten. */
  | { readonly kind: 'unknown' }

/** @throws NoSigningKeyError, and what Postgres failed with */
export const createExplainToken = (deps: ExplainTokenDeps) => {
  const explainRefreshToken = async (rawToken: string): Promise<ExplainedToken> => {
    const record = await deps.refreshTokens.find(hashSecret(rawToken))
    if (record === undefined) return { kind: 'unknown' }
    const session = await deps.checkSession(record)
    return { kind: 'refresh_token', state: stateOfRefreshToken(record, deps.now()), record, session }
  }

  const explainAccessToken = async (token: string): Promise<ExplainedToken> => {
    const { outcome } = await deps.checkAccessToken(token)
    if (outcome === 'invalid') return { kind: 'unknown' }
    // Its signature has been verified, whatever its time.
    return { kind: 'access_token', state: outcome, claims: decodeJwt(token) }
  }

  return (token: string): Promise<ExplainedToken> =>
    isRefreshToken(token) ? explainRefreshToken(token) : explainAccessToken(token)
}

export type ExplainToken = ReturnType<typeof createExplainToken>
