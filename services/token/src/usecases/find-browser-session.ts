/**
 * Who is signed in in a browser, by its cookie, as of this moment. A browser has no refresh token that would bring a session
 * back: one that was not used for its time (3600 s, or longer where the user asked to be remembered) signs nobody in.
 */
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Consent } from '../domain/consent.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { ClientId, SessionId } from '../domain/ids.ts'

export interface FindBrowserSessionDeps {
  readonly browserSessions: {
    find(
      tokenHash: Buffer,
      clientId?: ClientId,
    ): Promise<{ session: BrowserSession; remembered: Consent | undefined } | undefined>
  }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly isSessionActive: (sessionId: SessionId) => Promise<boolean>
  /** Looking at a page is a use: it keeps the session active. From where, the pages of others do not tell. */
  readonly recordActivity: (activity: { sessionId: string; at: Date; ipAddress: string }) => void
  readonly now: () => Date
}

export type FoundBrowserSession =
  | {
      readonly outcome: 'signed_in'
      readonly session: BrowserSession
      /** What the user has allowed the client before. */
      readonly remembered: Consent | undefined
    }
  | { readonly outcome: 'nobody' }
  /** Nobody can say now whether the session lives; answer 503. */
  | { readonly outcome: 'undecided' }

/**
 * @param token the raw cookie; undefined without one
 * @param clientId who asks, where it is of interest what the user has allowed it before
 */
export const createFindBrowserSession =
  ({ browserSessions, checkSession, isSessionActive, recordActivity, now }: FindBrowserSessionDeps) =>
  async (token: string | undefined, clientId?: ClientId): Promise<FoundBrowserSession> => {
    const found = token === undefined ? undefined : await browserSessions.find(hashSecret(token), clientId)
    if (found === undefined) return { outcome: 'nobody' }
    const { session, remembered } = found
    const { sessionId } = session
    const [state, isActive] = await Promise.all([checkSession(session), isSessionActive(sessionId)])
    if (state === 'undecided') return { outcome: 'undecided' }
    if (state !== 'live' || !isActive) return { outcome: 'nobody' }
    recordActivity({ sessionId, at: now(), ipAddress: '' })
    return { outcome: 'signed_in', session, remembered }
  }

export type FindBrowserSession = ReturnType<typeof createFindBrowserSession>
