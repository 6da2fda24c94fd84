/**
 * `logout_hint`: whom a client believes that it signs out. Ours is an address, the subject or the `sid`, as they stand in
 * the client's ID token. @see OpenID Connect RP-Initiated Logout 1.0 §2
 */
import type { BrowserSession } from './browser-session.ts'

export interface SignedInHere {
  readonly session: Pick<BrowserSession, 'sessionId' | 'subject'>
  /** Undefined for an account that was deleted. */
  readonly email: string | undefined
}

/** Whether the hint names whoever is signed in; no hint names nobody else. */
export const logoutHintNames = (
  hint: string | undefined,
  { session: { sessionId, subject }, email }: SignedInHere,
): boolean => {
  const named = hint?.trim().toLowerCase() ?? ''
  return named === '' || [sessionId, subject, email].some(each => each?.toLowerCase() === named)
}
