/** Reads fields of requests; what no caller of ours should send is INVALID_ARGUMENT with a reason. */
import { type EndReason__Output, fromEndReason } from '@latchkey/contracts'
import { RpcError } from '@latchkey/runtime/grpc'
import type { EndReason } from '../domain/end-reason.ts'
import { parseSessionId, parseUserId, type SessionId, type UserId } from '../domain/ids.ts'

const invalid = (reason: string, message: string): RpcError =>
  new RpcError(reason, 'INVALID_ARGUMENT', message)

export const getUserId = (text: string): UserId => {
  const id = parseUserId(text)
  if (id === undefined) throw invalid('INVALID_USER_ID', 'user_id is not a UUID')
  return id
}

/** Undefined where none is named. A name that can't be one must not end the session that it was to save. */
export const getExceptedSession = (text: string): SessionId | undefined => {
  if (text === '') return undefined
  const id = parseSessionId(text)
  if (id === undefined) throw invalid('INVALID_SESSION_ID', 'except_session_id is not a UUID')
  return id
}

/** Undefined where the device was given no cookie. */
export const getDeviceId = (text: string): string | undefined => {
  if (text === '') return undefined
  if (!/^[0-9a-f]{64}$/.test(text)) throw invalid('INVALID_DEVICE_ID', 'device_id is not a SHA-256 in hex')
  return text
}

export const getReason = (reason: EndReason__Output): EndReason => {
  const known = fromEndReason(reason)
  if (known === undefined) throw invalid('INVALID_REASON', 'reason is not one of EndReason')
  return known
}

/** @see protos/latchkey/session/v1: RecordActivityRequest */
export const maxActivities = 1000

export const assertActivityCount = (count: number): void => {
  if (count > maxActivities)
    throw invalid('TOO_MANY_ACTIVITIES', `at most ${maxActivities} activities are taken at once`)
}
