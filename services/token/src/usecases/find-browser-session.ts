/** Who is signed in in a browser, by its cookie, as of this moment. */
import type { BrowserSession } from '../domain/browser-session.ts'
import { hashSecret } from '../domain/hash-secret.ts'

export interface FindBrowserSessionDeps {
  readonly browserSessions: { find(tokenHash: Buffer): Promise<BrowserSession | undefined> }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
}

export type FoundBrowserSession =
  | { readonly outcome: 'signed_in'; readonly session: BrowserSession }
  | { readonly outcome: 'nobody' }
  /** Nobody can say now whether the session lives; answer 503. */
  | { readonly outcome: 'undecided' }

/** @param token the raw cookie; undefined without one */
export const createFindBrowserSession =
  ({ browserSessions, checkSession }: FindBrowserSessionDeps) =>
  async (token: string | undefined): Promise<FoundBrowserSession> => {
    const session = token === undefined ? undefined : await browserSessions.find(hashSecret(token))
    if (session === undefined) return { outcome: 'nobody' }
    const state = await checkSession(session)
    if (state === 'undecided') return { outcome: 'undecided' }
    return state === 'live' ? { outcome: 'signed_in', session } : { outcome: 'nobody' }
  }

export type FindBrowserSession = ReturnType<typeof createFindBrowserSession>
