/** Why sessions end: snake case in JSON, events and tables, enum names in protobuf. */
import type { EndReason__Output } from './generated/latchkey/session/v1/EndReason.ts'

export const endReasons = [
  'logout',
  'ended_by_user',
  'password_changed',
  'password_reset',
  'account_deleted',
  'account_disabled',
  'concurrent_limit',
  'refresh_token_reused',
  'expired',
  'sign_in_failed',
  'not_me',
  'factors_changed',
  'unconfirmed',
  'address_changed',
  'ended_by_admin',
] as const

export type EndReasonName = (typeof endReasons)[number]

export const toEndReason = (name: EndReasonName): EndReason__Output =>
  `END_REASON_${name.toUpperCase() as Uppercase<EndReasonName>}`

/** Undefined for END_REASON_UNSPECIFIED and for a reason that a newer caller knows. */
export const fromEndReason = (reason: EndReason__Output): EndReasonName | undefined =>
  endReasons.find(name => toEndReason(name) === reason)
