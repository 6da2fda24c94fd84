/** What this service refuses over gRPC. Bearers are refused as contracts has it, outages are the runtime's to tell. */
import { RpcError, type RpcStatus } from '@latchkey/runtime/grpc'

export type RefusalReason =
  | 'INVALID_USER_ID'
  | 'INVALID_DEVICE_ID'
  | 'INVALID_SESSION_ID'
  | 'INVALID_REASON'
  | 'TOO_MANY_ACTIVITIES'
  | 'SESSION_NOT_FOUND'

/** @see protos/latchkey/session/v1: RecordActivityRequest */
export const maxActivities = 1_000

const refusals = {
  INVALID_USER_ID: ['INVALID_ARGUMENT', 'user_id is not a UUID'],
  INVALID_DEVICE_ID: ['INVALID_ARGUMENT', 'device_id is not a SHA-256 in hex'],
  INVALID_SESSION_ID: ['INVALID_ARGUMENT', 'except_session_id is not a UUID'],
  INVALID_REASON: ['INVALID_ARGUMENT', 'reason is not one of EndReason'],
  TOO_MANY_ACTIVITIES: ['INVALID_ARGUMENT', `at most ${maxActivities} activities are taken at once`],
  SESSION_NOT_FOUND: ['NOT_FOUND', 'there is no such session'],
} as const satisfies Record<RefusalReason, readonly [RpcStatus, string]>

/** The error to throw. */
export const refusal = (reason: RefusalReason): RpcError => {
  const [status, message] = refusals[reason]
  return new RpcError(reason, status, message)
}
