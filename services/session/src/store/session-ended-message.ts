/** What is told of an ending: the outbox message, both ways, and the event that other services read. */
import { endReasons } from '@latchkey/contracts'
import { z } from 'zod'
import type { Ending, PresentedToken } from '../domain/ending.ts'
import type { SessionId, UserId } from '../domain/ids.ts'

export const sessionEndedKind = 'session.ended'

const payload = z.object({
  session_id: z.uuid(),
  user_id: z.uuid(),
  reason: z.enum(endReasons),
  original_ip: z.string().nullable(),
  new_ip: z.string().nullable(),
  ended_at: z.iso.datetime(),
  token: z.object({ jti: z.string(), expires_at: z.iso.datetime() }).nullable(),
})

export const sessionEnded = (ending: Ending, token: PresentedToken | undefined) => ({
  kind: sessionEndedKind,
  key: ending.sessionId,
  payload: {
    session_id: ending.sessionId,
    user_id: ending.userId,
    reason: ending.reason,
    original_ip: ending.originalIp ?? null,
    new_ip: ending.newIp ?? null,
    ended_at: ending.endedAt.toISOString(),
    token: token === undefined ? null : { jti: token.jti, expires_at: token.expiresAt.toISOString() },
  } satisfies z.input<typeof payload>,
})

/** @throws ZodError where the row is none that `sessionEnded` made */
export const parseSessionEnded = (value: unknown): { ending: Ending; token: PresentedToken | undefined } => {
  const message = payload.parse(value)
  return {
    ending: {
      sessionId: message.session_id as SessionId,
      userId: message.user_id as UserId,
      reason: message.reason,
      originalIp: message.original_ip ?? undefined,
      newIp: message.new_ip ?? undefined,
      endedAt: new Date(message.ended_at),
    },
    token:
      message.token === null
        ? undefined
        : { jti: message.token.jti, expiresAt: new Date(message.token.expires_at) },
  }
}

/** Consumers know it by its session: a repeated one says nothing new. */
export const toSessionEndedEvent = (ending: Ending) => ({
  type: sessionEndedKind,
  session_id: ending.sessionId,
  user_id: ending.userId,
  reason: ending.reason,
  ended_at: ending.endedAt.toISOString(),
})
