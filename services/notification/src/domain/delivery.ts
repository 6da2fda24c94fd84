/** A delivery in the hands of a worker. */
import type { DeliveryId, MessageId } from './ids.ts'

export interface ClaimedDelivery {
  readonly id: DeliveryId
  readonly messageId: MessageId
  /** How often it was tried, with this time. */
  readonly attempt: number
  readonly template: string
  readonly recipient: string
  readonly locale: string
  /** Null where the sender sealed nothing. */
  readonly sealedData: string | null
  readonly requestId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
  /** Whether `expiresAt` has passed. */
  readonly expired: boolean
}

/**
 * - `claimed`: the caller alone may send it, for as long as it renews its lease
 * - `busy`: another worker holds it for at most `leaseMs` more
 * - `over`: it was sent, has failed or is unknown; there is nothing to do
 */
export type Claim =
  | { readonly outcome: 'claimed'; readonly delivery: ClaimedDelivery }
  | { readonly outcome: 'busy'; readonly leaseMs: number }
  | { readonly outcome: 'over' }

export type FailureReason = 'rejected' | 'undeliverable' | 'expired'

/** How long a worker that went silent keeps a delivery: less than the job's lock in the queue, 10 s. */
export const leaseMs = 8_000
