/** The writing side: the session service’s, but for the token that a client itself revokes. Every step may be repeated. */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { blacklistKey, epochKey, markerTtlSeconds, sessionEndedKey } from './keys.ts'

export interface EndedSession {
  readonly sessionId: string
  readonly reason: string
}

export interface RevocationMarkers {
  /** Marks sessions as ended, from now for as long as a token of theirs may live. @throws where Redis is away */
  markSessionsEnded(ended: readonly EndedSession[]): Promise<void>
  /** Refuses one access token for the rest of its life; an expired one needs no marker. @throws where Redis is away */
  blacklistToken(jti: string, expiresAt: Date, owner: string): Promise<void>
  /** Says that the markers in Redis are complete. Call it only when they are. @throws where Redis is away */
  announceEpoch(): Promise<void>
  /** Undefined where Redis was emptied, or is new. @throws where Redis is away */
  readEpoch(): Promise<string | undefined>
}

export const createRevocationMarkers = ({ redis }: { redis: Redis }): RevocationMarkers => ({
  markSessionsEnded: async ended => {
    if (ended.length === 0) return
    const pipeline = redis.pipeline()
    for (const { sessionId, reason } of ended)
      pipeline.set(sessionEndedKey(sessionId), reason, 'EX', markerTtlSeconds)
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error
  },

  blacklistToken: async (jti, expiresAt, owner) => {
    const expiresAtMs = expiresAt.getTime()
    if (expiresAtMs > Date.now()) await redis.set(blacklistKey(jti), owner, 'PXAT', expiresAtMs)
  },

  announceEpoch: async () => {
    await redis.set(epochKey, randomUUID())
  },

  readEpoch: async () => (await redis.get(epochKey)) ?? undefined,
})
