/** The truth about one session, from Postgres. */
import type { SessionId } from '../domain/ids.ts'
import { isOver, type Lifetimes } from '../domain/lifetime.ts'
import { isUnconfirmed } from '../domain/review.ts'
import type { Session } from '../domain/session.ts'

export interface FindSessionDeps {
  sessions: { find(id: SessionId): Promise<Session | undefined> }
  lifetimes: Pick<Lifetimes, 'refreshTtlSeconds'>
  now: () => Date
}

export interface FoundSession {
  readonly session: Session
  /** Nobody ended it, and a token of it may still be good. */
  readonly isLive: boolean
}

/** Undefined where there never was one, or it has been cleaned up. */
export const createFindSession =
  ({ sessions, lifetimes, now }: FindSessionDeps) =>
  async (id: SessionId): Promise<FoundSession | undefined> => {
    const session = await sessions.find(id)
    if (session === undefined) return undefined
    const at = now()
    const isLive =
      session.endedAt === undefined &&
      !isOver(session, lifetimes.refreshTtlSeconds, at) &&
      !isUnconfirmed(session, at)
    return { session, isLive }
  }

export type FindSession = ReturnType<typeof createFindSession>
