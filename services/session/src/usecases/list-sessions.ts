/** A user's sessions as they are now: uses that wait for their flush are counted in. */
import type { Logger } from '@latchkey/runtime/logger'
import type { SessionId, UserId } from '../domain/ids.ts'
import { isOver, type Lifetimes } from '../domain/lifetime.ts'
import { isUnconfirmed } from '../domain/review.ts'
import type { LastSeen, Session } from '../domain/session.ts'

export interface ListSessionsDeps {
  sessions: { listOf(userId: UserId): Promise<readonly Session[]> }
  /** What other replicas heard. */
  records: { lastSeen(ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, LastSeen>> }
  /** What this one heard, for when Redis is away. */
  buffer: { find(id: SessionId): LastSeen | undefined }
  lifetimes: Pick<Lifetimes, 'refreshTtlSeconds'>
  now: () => Date
  logger: Pick<Logger, 'debug'>
}

const moveOn = (session: Session, seen: LastSeen | undefined): Session =>
  seen === undefined || seen.at <= session.lastAccessedAt
    ? session
    : { ...session, lastAccessedAt: seen.at, ipAddress: seen.ipAddress ?? session.ipAddress }

/** Latest use first. Those that are over, and only wait for the cleanup, are left out. */
export const createListSessions =
  (deps: ListSessionsDeps) =>
  async (userId: UserId): Promise<readonly Session[]> => {
    const stored = await deps.sessions.listOf(userId)
    const elsewhere = await lastSeen(
      deps,
      stored.map(({ id }) => id),
    )
    const now = deps.now()
    return stored
      .map(session => moveOn(moveOn(session, elsewhere.get(session.id)), deps.buffer.find(session.id)))
      .filter(
        session => !isOver(session, deps.lifetimes.refreshTtlSeconds, now) && !isUnconfirmed(session, now),
      )
      .toSorted((a, b) => b.lastAccessedAt.getTime() - a.lastAccessedAt.getTime())
  }

const lastSeen = async (
  { records, logger }: ListSessionsDeps,
  ids: readonly SessionId[],
): Promise<ReadonlyMap<SessionId, LastSeen>> => {
  try {
    return await records.lastSeen(ids)
  } catch (error) {
    logger.debug({ error }, 'sessions are listed without what redis knows')
    return new Map()
  }
}

export type ListSessions = ReturnType<typeof createListSessions>
