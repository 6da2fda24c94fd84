/**
 * Identifiers: UUIDv7 (RFC 9562 §5.7), which sort by time and so keep index pages warm, and the brand that
 * stops a `UserId` from being passed where a `SessionId` is meant.
 */
import { v7, validate } from 'uuid'
import { randomSlice } from './random-slice.ts'

declare const brand: unique symbol

/** A value that the compiler tells apart from others of the same base type: `type UserId = Brand<string, 'UserId'>`. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name }

let lastMs = 0
let counter = 0

/**
 * A new UUIDv7 in lower case; `createUuid<UserId>()` brands it. Those of one millisecond are told apart, and sorted, by a
 * counter that begins at random. @see RFC 9562 §6.2, method 1
 */
export const createUuid = <Id extends string = string>(): Id => {
  const random = randomSlice(16)
  const nowMs = Date.now()
  if (nowMs > lastMs) {
    lastMs = nowMs
    // 31 of its 32 bits: the rest is room to count.
    counter = random.readUInt32BE(6) >>> 1
  } else {
    counter += 1
  }
  return v7({ random, msecs: lastMs, seq: counter }) as Id
}

/** True for a UUID of any version in its canonical text form. */
export const isUuid = (value: unknown): value is string => typeof value === 'string' && validate(value)
