/** A token as operators are told of it: what it stands for, and why it is good or not. */
import type { ClientId, GrantId, SessionId, UserId } from './ids.ts'

/** A refresh token that we once issued, whatever has become of it. */
export interface RefreshTokenRecord {
  readonly familyId: GrantId
  readonly subject: UserId
  readonly sessionId: SessionId
  readonly clientId: ClientId
  readonly scope: string
  /** It is the one of its family that can be used next. */
  readonly isCurrent: boolean
  readonly isOffline: boolean
  readonly rotatedAt: Date | undefined
  readonly expiresAt: Date
  readonly endedAt: Date | undefined
  readonly endReason: string | undefined
}

export type RefreshTokenState = 'live' | 'used' | 'expired' | 'ended'

/** The first thing that keeps it from being used. */
export const stateOfRefreshToken = (
  { isCurrent, expiresAt, endedAt }: Pick<RefreshTokenRecord, 'isCurrent' | 'expiresAt' | 'endedAt'>,
  now: Date,
): RefreshTokenState => {
  if (endedAt !== undefined) return 'ended'
  if (!isCurrent) return 'used'
  return expiresAt <= now ? 'expired' : 'live'
}
