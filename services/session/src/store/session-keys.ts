/** The Redis keys of this service that operators know; revocation markers have theirs in @latchkey/revocation. */
import type { SessionId } from '../domain/ids.ts'

export const sessionKey = (id: SessionId): string => `session:${id}`

/** The latest endings, newest first. */
export const terminationsKey = 'session_terminations'
