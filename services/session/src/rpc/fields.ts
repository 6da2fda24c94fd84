/** Reads fields of requests; what no caller of ours should send is INVALID_ARGUMENT with a reason. */
import { type EndReason__Output, fromEndReason } from '@latchkey/contracts'
import type { EndReason } from '../domain/end-reason.ts'
import { parseSessionId, parseUserId, type SessionId, type UserId } from '../domain/ids.ts'
import { maxActivities, refusal } from '../errors.ts'

export const getUserId = (text: string): UserId => {
  const id = parseUserId(text)
  if (id === undefined) throw refusal('INVALID_USER_ID')
  return id
}

/** Undefined where none is named. A name that can't be one must not end the session that it was to save. */
export const getExceptedSession = (text: string): SessionId | undefined => {
  if (text === '') return undefined
  const id = parseSessionId(text)
  if (id === undefined) throw refusal('INVALID_SESSION_ID')
  return id
}

/** Undefined where the device was given no cookie. */
export const getDeviceId = (text: string): string | undefined => {
  if (text === '') return undefined
  if (!/^[0-9a-f]{64}$/.test(text)) throw refusal('INVALID_DEVICE_ID')
  return text
}

export const getReason = (reason: EndReason__Output): EndReason => {
  const known = fromEndReason(reason)
  if (known === undefined) throw refusal('INVALID_REASON')
  return known
}

export const assertActivityCount = (count: number): void => {
  if (count > maxActivities) throw refusal('TOO_MANY_ACTIVITIES')
}

const usualPage = 50
const longestPage = 500

export const getPageLimit = (limit: number): number => (limit <= 0 ? usualPage : Math.min(limit, longestPage))
