/** A browser in which somebody is signed in: what the authorization endpoint knows of them. */
import type { SessionId, UserId } from './ids.ts'

export interface BrowserSession {
  readonly sessionId: SessionId
  readonly subject: UserId
  readonly authenticatedAt: Date
  /** RFC 8176 values. */
  readonly authenticationMethods: readonly string[]
  /** When this sign-in or re-authentication ended in the browser. */
  readonly createdAt: Date
  /** The session's absolute end. */
  readonly endsAt: Date
}

export type NewBrowserSession = Omit<BrowserSession, 'createdAt'>
