/**
 * What becomes of sessions that were used from another address: judged one by one, each in a transaction of its own and none
 * of them in a request. Most moves mean nothing; one that does is told in the log, and its owner is asked.
 */
import type { Logger } from '@latchkey/runtime/logger'
import { type AddressRules, followUses, type Move } from '../domain/follow-uses.ts'
import type { FollowedSession, FollowMoves } from '../domain/followed-session.ts'
import type { Locate } from '../domain/place.ts'
import type { Activity, Session } from '../domain/session.ts'
import type { AnnounceEndings } from './announce-endings.ts'

export interface FollowMovesDeps {
  moves: { follow(moves: FollowMoves): Promise<FollowedSession | undefined> }
  rules: AddressRules
  /** Asks no other service: a look into memory. */
  locate: Locate
  announceEndings: AnnounceEndings
  /** Has the outbox relayed now rather than at its next poll. */
  nudge: () => void
  onMove: (move: Move) => void
  onFlagged: () => void
  logger: Pick<Logger, 'debug' | 'info' | 'warn'>
}

/** Latest first, as the buffer keeps them. */
export type Uses = readonly [latest: Activity, ...earlier: Activity[]]

const atOnce = 4

export const createFollowMoves = (deps: FollowMovesDeps) => {
  const { moves, rules, locate, announceEndings, nudge, onMove, onFlagged, logger } = deps

  const tell = async ({ session, moves: judged, isFlagged, endings }: FollowedSession): Promise<void> => {
    const about = { session_id: session.id, user_id: session.userId }
    for (const move of judged) {
      onMove(move)
      const { outcome, reason, score, from, to } = move
      const line = { ...about, outcome, reason, score, original_ip: from, new_ip: to }
      logger[outcome === 'ordinary' ? 'debug' : 'info'](line, 'session moved to another address')
    }
    if (isFlagged) {
      onFlagged()
      const { reason, until } = session.review ?? {}
      logger.warn({ ...about, reason, review_until: until }, 'session is under review')
      nudge()
    }
    await announceEndings(endings)
  }

  const followOne = async (uses: Uses): Promise<readonly Session[]> => {
    const followed = await moves.follow({
      sessionId: uses[0].sessionId,
      uses: uses
        .flatMap(({ at, ipAddress }) => (ipAddress === undefined ? [] : [{ at, ipAddress }]))
        .toReversed(),
      decide: (from, since, addresses) => followUses(from, since, { ...addresses, locate }, rules),
    })
    if (followed === undefined) return []
    await tell(followed)
    return followed.endings.length > 0 ? [] : [followed.session]
  }

  /** Gives the sessions as they are now, and the uses that could not be judged, for another try. */
  return async (
    all: readonly Uses[],
  ): Promise<{ readonly sessions: readonly Session[]; readonly failed: readonly Uses[] }> => {
    const sessions: Session[] = []
    const failed: Uses[] = []
    for (let start = 0; start < all.length; start += atOnce) {
      const some = all.slice(start, start + atOnce)
      const results = await Promise.allSettled(some.map(followOne))
      results.forEach((result, index) => {
        const uses = some[index]
        if (result.status === 'fulfilled') sessions.push(...result.value)
        else if (uses !== undefined) {
          failed.push(uses)
          logger.warn({ session_id: uses[0].sessionId, error: result.reason }, 'a move was not judged yet')
        }
      })
    }
    return { sessions, failed }
  }
}

export type FollowAllMoves = ReturnType<typeof createFollowMoves>
