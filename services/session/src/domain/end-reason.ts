/** Why a session ended: stored, logged and published under these names. */

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
] as const

export type EndReason = (typeof endReasons)[number]
