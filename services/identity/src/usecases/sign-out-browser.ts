/** Ends the session that is in a browser: what else rests on it (tokens of applications) ends with it. */
import type { SessionId } from '../domain/ids.ts'
import type { FindSignedOutPage } from './find-signed-out-page.ts'

export interface SignOutBrowserDeps {
  readonly findSignedOutPage: FindSignedOutPage
  readonly sessions: { signOut(id: SessionId): Promise<void> }
}

/** Gives where the browser goes, if anywhere. @throws what the session service failed with: then nothing has ended */
export const createSignOutBrowser =
  ({ findSignedOutPage, sessions }: SignOutBrowserDeps) =>
  async (sessionId: SessionId, rawBrowser: string): Promise<string | undefined> => {
    const page = await findSignedOutPage(sessionId, rawBrowser)
    await sessions.signOut(sessionId)
    return page
  }

export type SignOutBrowser = ReturnType<typeof createSignOutBrowser>
