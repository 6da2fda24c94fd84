/** A message that was found fit to be sent, with the delivery that it begins with. */
import type { DeliveryId, MessageId } from './ids.ts'

export interface NewMessage {
  readonly id: MessageId
  readonly deliveryId: DeliveryId
  readonly template: string
  readonly recipient: string
  readonly locale: string
  readonly data: Readonly<Record<string, string>>
  readonly sealedData: string | undefined
  readonly expiresAt: Date
  readonly requestId: string | undefined
  /** Where the mail belongs in the trace of the request that caused it. */
  readonly traceparent: string | undefined
}
