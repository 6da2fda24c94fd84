/**
 * What an authenticator knows a user by: the bytes of their id, which tell nothing about them, and stay the same when
 * their address changes. @see WebAuthn Level 3 §5.4.3, §14.6.1
 */
import type { UserId } from '../ids.ts'

/** base64url, as JSON has it. */
export const userHandleOf = (userId: UserId): string =>
  Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url')
