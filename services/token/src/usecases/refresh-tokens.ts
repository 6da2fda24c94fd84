/**
 * Exchanges a refresh token for the next pair (draft OAuth 2.1 §4.3). The session's state is asked first, so that a
 * token is never used up by a request that could not be answered; the rotation itself decides every race.
 */
import { createUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { accessTokenOfGrant } from '../domain/access-token.ts'
import type { Grant } from '../domain/grant.ts'
import type { Rotation, RotationInput } from '../domain/refresh-family.ts'
import { deriveSuccessor, hashRefreshToken, isRefreshToken, isSameHash } from '../domain/refresh-token.ts'
import type { SignAccessToken } from '../keys/access-token-signer.ts'
import type { TokenSet } from './issue-tokens.ts'

export interface RefreshInput {
  readonly rawToken: string
  readonly ipAddress: string
}

export type RefreshResult =
  | { readonly outcome: 'refreshed'; readonly tokens: TokenSet }
  | { readonly outcome: 'refused' }
  /** Nobody can say now whether the session lives; nothing was used up. */
  | { readonly outcome: 'undecided' }

type RotationResult =
  | { readonly outcome: 'rotated'; readonly refreshToken: string; readonly refreshExpiresInSeconds: number }
  | { readonly outcome: 'refused' | 'undecided' }

export interface RefreshTokensDeps {
  readonly families: {
    /** What a token stands for, used, expired and ended ones too; undefined for an unknown one. */
    findGrant(tokenHash: Buffer): Promise<Grant | undefined>
    /** Uses a token, in one statement: of any number of parallel uses, one rotates it. */
    rotate(use: RotationInput): Promise<Rotation>
  }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly signAccessToken: SignAccessToken
  /** Counts how rotations end. */
  readonly observeRotation: (outcome: Rotation['outcome']) => void
  /** Sends what the rotation left in the outbox. */
  readonly nudgeOutbox: () => void
  readonly recordActivity: (activity: { sessionId: string; at: Date; ipAddress: string }) => void
  /** Successors are derived with the first; the others served before a change of the key encryption key. */
  readonly successorKeys: readonly [Uint8Array, ...Uint8Array[]]
  readonly randomBytes: (size: number) => Buffer
  readonly now: () => Date
  readonly logger: Logger
}

const refused = { outcome: 'refused' } as const

export const createRefreshTokens = (deps: RefreshTokensDeps) => {
  const { families, successorKeys, logger } = deps

  /** The successor that was derived with `nonce`; undefined where this replica lacks the key that derived it. */
  const findSuccessor = (rawToken: string, nonce: Uint8Array, successorHash: Uint8Array) =>
    successorKeys
      .map(key => deriveSuccessor(key, rawToken, nonce))
      .find(candidate => isSameHash(hashRefreshToken(candidate), successorHash))

  const rotate = async (rawToken: string, tokenHash: Buffer, sessionId: string): Promise<RotationResult> => {
    const nonce = deps.randomBytes(16)
    const refreshToken = deriveSuccessor(successorKeys[0], rawToken, nonce)
    const successorHash = hashRefreshToken(refreshToken)
    const rotation = await families.rotate({ tokenHash, successorHash, nonce, messageId: createUuid() })
    deps.observeRotation(rotation.outcome)
    if (rotation.outcome === 'rotated') {
      return { outcome: 'rotated', refreshToken, refreshExpiresInSeconds: rotation.refreshExpiresInSeconds }
    }
    if (rotation.outcome === 'grace') {
      const { refreshExpiresInSeconds } = rotation
      const same = findSuccessor(rawToken, rotation.nonce, rotation.successorHash)
      if (same !== undefined) return { outcome: 'rotated', refreshToken: same, refreshExpiresInSeconds }
      logger.error('KEY_ENCRYPTION_KEYS_OLD lacks the key with which another replica derived a refresh token')
      return { outcome: 'undecided' }
    }
    if (rotation.outcome === 'reused') {
      logger.warn({ session_id: sessionId, grant_id: rotation.grantId }, 'a refresh token was used again')
      deps.nudgeOutbox()
    }
    return refused
  }

  return async ({ rawToken, ipAddress }: RefreshInput): Promise<RefreshResult> => {
    if (!isRefreshToken(rawToken)) return refused
    const tokenHash = hashRefreshToken(rawToken)
    const grant = await families.findGrant(tokenHash)
    if (grant === undefined) return refused
    const session = await deps.checkSession({ sessionId: grant.sessionId })
    if (session === 'revoked') return refused
    if (session === 'undecided') return { outcome: 'undecided' }

    // Signed before the token is used up: without a signing key the client must be able to try again.
    const signed = await deps.signAccessToken(accessTokenOfGrant(grant))
    const rotation = await rotate(rawToken, tokenHash, grant.sessionId)
    if (rotation.outcome !== 'rotated') return rotation
    deps.recordActivity({ sessionId: grant.sessionId, at: deps.now(), ipAddress })
    const { refreshToken, refreshExpiresInSeconds } = rotation
    return { outcome: 'refreshed', tokens: { ...signed, refreshToken, refreshExpiresInSeconds } }
  }
}

export type RefreshTokens = ReturnType<typeof createRefreshTokens>
