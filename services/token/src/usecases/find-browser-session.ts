/**
 * Who is signed in in a browser, by its cookie, as of this moment. A browser has no refresh token that would bring a session
 * back: one that was not used for its time (3600 s, or longer where the user asked to be remembered) signs nobody in.
 */
import type { BrowserSession } from '../domain/browser-session.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { SessionId } from '../domain/ids.ts'

export interface FindBrowserSessionDeps {
  readonly browserSessions: { find(tokenHash: Buffer): Promise<BrowserSession | undefined> }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly isSessionActive: (sessionId: SessionId) => Promise<boolean>
  /** Looking at a page is a use: it keeps the session active. From where, the pages of others do not tell. */
  readonly recordActivity: (activity: { sessionId: string; at: Date; ipAddress: string }) => void
  readonly now: () => Date
}

export type FoundBrowserSession =
  | { readonly outcome: 'signed_in'; readonly session: BrowserSession }
  | { readonly outcome: 'nobody' }
  /** Nobody can say now whether the session lives; answer 503. */
  | { readonly outcome: 'undecided' }

/** @param token the raw cookie; undefined without one */
export const createFindBrowserSession =
  ({ browserSessions, checkSession, isSessionActive, recordActivity, now }: FindBrowserSessionDeps) =>
  async (token: string | undefined): Promise<FoundBrowserSession> => {
    const session = token === undefined ? undefined : await browserSessions.find(hashSecret(token))
    if (session === undefined) return { outcome: 'nobody' }
    const { sessionId } = session
    const [state, isActive] = await Promise.all([checkSession(session), isSessionActive(sessionId)])
    if (state === 'undecided') return { outcome: 'undecided' }
    if (state !== 'live' || !isActive) return { outcome: 'nobody' }
    recordActivity({ sessionId, at: now(), ipAddress: '' })
    return { outcome: 'signed_in', session }
  }

export type FindBrowserSession = ReturnType<typeof createFindBrowserSession>
