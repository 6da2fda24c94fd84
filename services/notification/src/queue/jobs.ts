/** The jobs of the queue `email`: one a delivery, under its id, with nothing in it but that and on whose behalf. */
import type { JobsOptions } from 'bullmq'
import type { DeliveryId } from '../domain/ids.ts'

/** Keys in Redis begin with `bull:email:`. */
export const queueName = 'email'

export const jobName = 'deliver'

export interface EmailJob {
  readonly deliveryId: DeliveryId
  /** Of who asked for the mail; a job that was lost and made again has neither. */
  readonly requestId?: string | undefined
  readonly traceparent?: string | undefined
}

export interface RetryPolicy {
  /** How often a mail server may defer a mail before that is final. */
  readonly attempts: number
  /** The pause after the first attempt; it doubles with each further one. */
  readonly firstPauseMs: number
}

const dayInSeconds = 86_400

export const jobOptions = ({ attempts, firstPauseMs }: RetryPolicy): JobsOptions => ({
  attempts,
  backoff: { type: 'exponential', delay: firstPauseMs, jitter: 0.5 },
  // Postgres knows what was sent; a job that stayed would only keep its id taken.
  removeOnComplete: true,
  removeOnFail: { age: 7 * dayInSeconds, count: 5000 },
  // The reason is kept with the delivery; a stack here says nothing more.
  stackTraceLimit: 0,
})
