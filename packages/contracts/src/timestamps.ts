/** Instants: `Date`s in our code, google.protobuf.Timestamp on the wire. */
import type { Timestamp__Output } from './generated/google/protobuf/Timestamp.ts'

/** Keeps milliseconds, which is all that a `Date` has. */
export const toTimestamp = (at: Date): Timestamp__Output => {
  const ms = at.getTime()
  const seconds = Math.floor(ms / 1000)
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 }
}

/** Undefined where the field was not sent. What is finer than a millisecond is cut off. */
export const fromTimestamp = (timestamp: Timestamp__Output | null): Date | undefined =>
  timestamp === null
    ? undefined
    : new Date(timestamp.seconds * 1000 + Math.floor(timestamp.nanos / 1_000_000))

/**
 * A field that the contract says is always there.
 * @param field its name, for the error
 * @throws TypeError where it was not sent: the other end does not keep the contract
 */
export const getInstant = (timestamp: Timestamp__Output | null, field: string): Date => {
  const at = fromTimestamp(timestamp)
  if (at === undefined) throw new TypeError(`${field} is missing`)
  return at
}
