/**
 * The reading side: is a session still good, and this token of it? One MGET while Redis can be believed. It can't
 * be while it is away, while the epoch is missing (it was emptied), and for a moment after each connect, our first
 * included (it may be back with an older state that the session service is about to mend); then that is asked.
 */
import { isRedisUnavailable } from '@latchkey/runtime/redis'
import type { Redis } from 'ioredis'
import { blacklistKey, epochKey, sessionEndedKey } from './keys.ts'

export type SessionState = 'live' | 'ended' | 'unknown'

/** `undecided`: nobody can tell at the moment; answer 503, for guessing either way would be wrong. */
export type Verdict = 'live' | 'revoked' | 'undecided'

export interface RevocationCheckDeps {
  redis: Redis
  /** The truth, from Postgres. @throws where the session service can't be asked */
  getSession: (sessionId: string) => Promise<SessionState>
  now: () => Date
  /** How long Redis is doubted after a connect; 5,000 by default, five polls of the session service. */
  distrustMs?: number
}

export interface RevocationCheck {
  check(token: { sessionId: string; jti?: string }): Promise<Verdict>
}

type Markers = 'present' | 'absent' | 'absent_but_doubtful' | 'unreadable'

export const createRevocationCheck = ({
  redis,
  getSession,
  now,
  distrustMs = 5_000,
}: RevocationCheckDeps): RevocationCheck => {
  let doubtUntilMs = 0
  redis.on('ready', () => {
    doubtUntilMs = now().getTime() + distrustMs
  })

  const readMarkers = async (sessionId: string, jti: string | undefined): Promise<Markers> => {
    const keys = [epochKey, sessionEndedKey(sessionId), ...(jti === undefined ? [] : [blacklistKey(jti)])]
    try {
      const [epoch, ...markers] = await redis.mget(keys)
      if (markers.some(marker => marker !== null)) return 'present'
      if (epoch === null || epoch === undefined) return 'unreadable'
      return now().getTime() < doubtUntilMs ? 'absent_but_doubtful' : 'absent'
    } catch (error) {
      if (isRedisUnavailable(error)) return 'unreadable'
      throw error
    }
  }

  return {
    check: async ({ sessionId, jti }) => {
      const markers = await readMarkers(sessionId, jti)
      if (markers === 'present') return 'revoked'
      if (markers === 'absent') return 'live'
      try {
        // Asked each time: an answer that is kept, however shortly, would outlive a logout.
        return (await getSession(sessionId)) === 'live' ? 'live' : 'revoked'
      } catch {
        // The epoch is there and only a fresh connection speaks against it: without the session service nothing can have
        // ended since, so what Redis says stands.
        return markers === 'absent_but_doubtful' ? 'live' : 'undecided'
      }
    },
  }
}
