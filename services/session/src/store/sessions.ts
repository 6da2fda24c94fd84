/** Reading sessions. */
import type { SessionId, UserId } from '../domain/ids.ts'
import type { Session } from '../domain/session.ts'
import type { PrismaClient, Session as Row } from '../generated/prisma/client.ts'
import { toReview } from './session-row.ts'

/** More than a person has; who turned the limit off and has more sees the latest. */
const longestList = 1000

const toSession = (row: Row): Session => ({
  id: row.id as SessionId,
  userId: row.userId as UserId,
  userAgent: row.userAgent,
  ipAddress: row.ipAddress ?? undefined,
  isRemembered: row.rememberMe,
  createdAt: row.createdAt,
  renewedAt: row.renewedAt ?? undefined,
  lastAccessedAt: row.lastAccessedAt,
  ttlSeconds: row.ttlSeconds,
  endsAt: row.endsAt,
  endedAt: row.endedAt ?? undefined,
  review: toReview(row.reviewReason, row.reviewAt, row.reviewUntil),
})

export const createSessions = ({ prisma }: { prisma: Pick<PrismaClient, 'session'> }) => ({
  /** Ended ones too, until they are cleaned up. */
  find: async (id: SessionId): Promise<Session | undefined> => {
    const row = await prisma.session.findUnique({ where: { id } })
    return row === null ? undefined : toSession(row)
  },

  /** Those that have not ended, latest use first. */
  listOf: async (userId: UserId): Promise<readonly Session[]> => {
    const rows = await prisma.session.findMany({
      where: { userId, endedAt: null },
      orderBy: { lastAccessedAt: 'desc' },
      take: longestList,
    })
    return rows.map(toSession)
  },
})
