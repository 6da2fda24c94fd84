/** The ids of this service, told apart by the compiler; what is not a UUID names nothing and never reaches SQL. */
import { type Brand, isUuid } from '@latchkey/runtime/ids'

export type SessionId = Brand<string, 'SessionId'>
export type UserId = Brand<string, 'UserId'>

/** Undefined for what no session can be called. Upper case is the same UUID (RFC 9562 §4). */
export const parseSessionId = (text: string): SessionId | undefined =>
  isUuid(text) ? (text.toLowerCase() as SessionId) : undefined

export const parseUserId = (text: string): UserId | undefined =>
  isUuid(text) ? (text.toLowerCase() as UserId) : undefined
