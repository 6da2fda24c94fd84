/** The identifiers that this service keeps apart. */
import type { Brand } from '@latchkey/runtime/ids'

export type UserId = Brand<string, 'UserId'>
export type SessionId = Brand<string, 'SessionId'>
export type FamilyId = Brand<string, 'FamilyId'>
