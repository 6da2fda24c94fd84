/** The end of a session, as it concerns what came of the session here. */
import type { SessionId, UserId } from './ids.ts'

export interface SessionEnd {
  readonly sessionId: SessionId
  readonly subject?: UserId | undefined
  readonly reason: string
  readonly endedAt: Date
}

// Somebody else may have had the account, or nobody is to have it any more.
const endsOfAccounts = ['password_reset', 'account_deleted', 'account_disabled']

/**
 * Whether access that was granted for the user's absence ends too; a mere logout leaves it.
 * @see OpenID Connect Core §11, Back-Channel Logout 1.0 §2.7
 */
export const endsOfflineAccess = ({ reason }: SessionEnd): boolean => endsOfAccounts.includes(reason)
