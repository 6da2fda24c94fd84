/**
 * Identifiers: UUIDv7 (RFC 9562 §5.7), which sort by time and so keep index pages warm, and the brand that
 * stops a `UserId` from being passed where a `SessionId` is meant.
 */
import { v7, validate } from 'uuid'

declare const brand: unique symbol

/** A value that the compiler tells apart from others of the same base type: `type UserId = Brand<string, 'UserId'>`. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name }

/** A new UUIDv7 in lower case; `createUuid<UserId>()` brands it. */
export const createUuid = <Id extends string = string>(): Id => v7() as Id

/** True for a UUID of any version in its canonical text form. */
export const isUuid = (value: unknown): value is string => typeof value === 'string' && validate(value)
