/** What is told of a session that was put under review: the outbox message, and the event that other services read. */
import { z } from 'zod'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { Review } from '../domain/review.ts'

export const sessionFlaggedKind = 'session.flagged'

const payload = z.object({
  session_id: z.uuid(),
  user_id: z.uuid(),
  /** SHA-256 of the device cookie, hex. */
  device_id: z.string().nullable(),
  reason: z.string(),
  flagged_at: z.iso.datetime(),
  review_until: z.iso.datetime(),
})

export type SessionFlagged = z.infer<typeof payload>

export interface FlaggedSession {
  readonly id: SessionId
  readonly userId: UserId
  readonly deviceId: string | undefined
  readonly review: Review
}

export const toSessionFlagged = ({ id, userId, deviceId, review }: FlaggedSession): SessionFlagged => ({
  session_id: id,
  user_id: userId,
  device_id: deviceId ?? null,
  reason: review.reason,
  flagged_at: review.flaggedAt.toISOString(),
  review_until: review.until.toISOString(),
})

export const sessionFlagged = (session: FlaggedSession) => ({
  kind: sessionFlaggedKind,
  key: session.id,
  payload: toSessionFlagged(session),
})

/** @throws ZodError where the row is none that `sessionFlagged` made */
export const parseSessionFlagged = (value: unknown): SessionFlagged => payload.parse(value)

/** Consumers know it by its session and instant: a repeated one says nothing new. */
export const toSessionFlaggedEvent = (flagged: SessionFlagged) => ({ type: sessionFlaggedKind, ...flagged })
