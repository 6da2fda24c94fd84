/** Ends the session behind a browser's cookie: what else rests on it (tokens of applications) ends with it. */
import type { SessionId, UserId } from '../domain/ids.ts'

export interface SignOutBrowserDeps {
  readonly browsers: {
    findSession(rawToken: string): Promise<{ userId: UserId; sessionId: SessionId } | undefined>
  }
  readonly sessions: { signOut(id: SessionId): Promise<void> }
}

/** Of a browser in which nobody is signed in, nothing. @throws what the services failed with: then nothing has ended */
export const createSignOutBrowser =
  ({ browsers, sessions }: SignOutBrowserDeps) =>
  async (rawToken: string | undefined): Promise<void> => {
    const session = rawToken === undefined ? undefined : await browsers.findSession(rawToken)
    if (session !== undefined) await sessions.signOut(session.sessionId)
  }

export type SignOutBrowser = ReturnType<typeof createSignOutBrowser>
