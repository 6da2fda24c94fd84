/** What this service refuses, and how the refusal looks on the wire. Failures of SMTP are outcomes, not errors. */
import { RpcError } from '@latchkey/runtime/grpc'

export type MessageErrorReason =
  | 'INVALID_MESSAGE_ID'
  | 'UNKNOWN_TEMPLATE'
  | 'INVALID_RECIPIENT'
  | 'INVALID_SEALED_DATA'
  | 'INVALID_EXPIRES_AT'
  | 'TOO_LARGE'

const sentences = {
  INVALID_MESSAGE_ID: 'message_id must be a UUID',
  UNKNOWN_TEMPLATE: 'there is no template of this name',
  INVALID_RECIPIENT: 'recipient must be one mail address',
  INVALID_SEALED_DATA:
    'sealed_data must be a compact JWE (dir, A256GCM), and there where the template needs it',
  INVALID_EXPIRES_AT: 'expires_at must be a point in time, and there where the template needs it',
  TOO_LARGE: 'data and sealed_data are limited to 16 KiB together',
} as const satisfies Record<MessageErrorReason, string>

/** A message that is not accepted. Asking again with the same will not help. */
export class MessageError extends Error {
  override readonly name = 'MessageError'
  readonly reason: MessageErrorReason

  constructor(reason: MessageErrorReason) {
    super(sentences[reason])
    this.reason = reason
  }
}

export const toRpcError = (error: unknown): RpcError | undefined =>
  error instanceof MessageError
    ? new RpcError(error.reason, 'INVALID_ARGUMENT', error.message, { cause: error })
    : undefined
