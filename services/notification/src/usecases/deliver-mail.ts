/**
 * One attempt to deliver one mail: claim it, write it, hand it to the mail server, record what came of it. Whoever
 * runs this may be killed at any point: the claim's lease then ends by itself, and somebody else goes on.
 *
 * A mail arrives once, but for one case that no sender can exclude: the mail server took it, and the worker died
 * before that was recorded. Then it arrives twice, under the same Message-ID.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Claim, type ClaimedDelivery, type FailureReason, leaseMs } from '../domain/delivery.ts'
import type { DeliveryId } from '../domain/ids.ts'
import type { Mail, SendOutcome } from '../domain/mail.ts'
import { UnwritableMail } from './write-mail.ts'

/**
 * - `sent`: the mail server took it
 * - `failed`: it never will be sent, for `reason`
 * - `deferred`: this attempt counts, another one may do better
 * - `unavailable`: the mail server is away; this attempt does not count
 * - `busy`: another worker is at it for at most `leaseMs` more
 * - `over`: there was nothing to do
 */
export type DeliverOutcome =
  | {
      readonly outcome: 'sent' | 'deferred' | 'unavailable'
      readonly reply: string
      readonly delivery: ClaimedDelivery
    }
  | {
      readonly outcome: 'failed'
      readonly reason: FailureReason
      readonly reply: string
      readonly delivery: ClaimedDelivery
    }
  | { readonly outcome: 'busy'; readonly leaseMs: number }
  | { readonly outcome: 'over' }

type Held = Pick<ClaimedDelivery, 'id' | 'attempt'>

export interface DeliverMailDeps {
  readonly deliveries: {
    claim(id: DeliveryId): Promise<Claim>
    /** These three change nothing where the claim has passed to another worker. */
    renewLease(id: DeliveryId, attempt: number): Promise<void>
    recordFailed(delivery: Held, reason: FailureReason, reply?: string): Promise<void>
    recordDeferred(delivery: Held, reply: string): Promise<void>
    /** The truth whoever holds the claim by now. */
    recordSent(id: DeliveryId, reply: string): Promise<void>
  }
  readonly write: (delivery: ClaimedDelivery) => Promise<Mail>
  readonly send: (mail: Mail) => Promise<SendOutcome>
}

export interface DeliverMailInput {
  readonly deliveryId: DeliveryId
  /** Whether a deferral is final. */
  readonly lastAttempt: boolean
}

export const createDeliverMail = ({ deliveries, write, send }: DeliverMailDeps) => {
  const attempt = async (delivery: ClaimedDelivery): Promise<SendOutcome> => {
    try {
      return await send(await write(delivery))
    } catch (error) {
      if (error instanceof UnwritableMail) return { outcome: 'deferred', reply: error.message }
      throw error
    }
  }

  const record = async (
    delivery: ClaimedDelivery,
    { outcome, reply }: SendOutcome,
    lastAttempt: boolean,
  ): Promise<DeliverOutcome> => {
    if (outcome === 'sent') {
      await persistently(() => deliveries.recordSent(delivery.id, reply))
      return { outcome, reply, delivery }
    }
    if (outcome === 'rejected' || (outcome === 'deferred' && lastAttempt)) {
      const reason = outcome === 'rejected' ? 'rejected' : 'undeliverable'
      await deliveries.recordFailed(delivery, reason, reply)
      return { outcome: 'failed', reason, reply, delivery }
    }
    await deliveries.recordDeferred(delivery, reply)
    return { outcome, reply, delivery }
  }

  return async ({ deliveryId, lastAttempt }: DeliverMailInput): Promise<DeliverOutcome> => {
    const claim = await deliveries.claim(deliveryId)
    if (claim.outcome !== 'claimed') return claim
    const { delivery } = claim
    if (delivery.expired) {
      await deliveries.recordFailed(delivery, 'expired')
      return { outcome: 'failed', reason: 'expired', reply: 'the mail had become worthless', delivery }
    }
    const renewal = setInterval(() => {
      // A renewal that fails is made up for by the next; failing them all only risks a second copy.
      deliveries.renewLease(delivery.id, delivery.attempt).catch(() => undefined)
    }, leaseMs / 3)
    try {
      return await record(delivery, await attempt(delivery), lastAttempt)
    } finally {
      clearInterval(renewal)
    }
  }
}

// Together about a minute: longer than a failover of Postgres takes.
const pausesMs = [100, 500, 1000, 2000, 4000, 8000, 15_000, 30_000]

/** A mail that was sent but not recorded as such would be sent again: so this is tried harder than all else. */
const persistently = async (action: () => Promise<void>): Promise<void> => {
  for (const pauseMs of pausesMs) {
    try {
      return await action()
    } catch {
      await delay(pauseMs)
    }
  }
  await action()
}
