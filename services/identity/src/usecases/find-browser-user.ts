/** Who is signed in in a browser. */
import type { SessionId, UserId } from '../domain/ids.ts'
import type { User } from '../domain/user.ts'
import type { GetProfile } from './get-profile.ts'

export interface FindBrowserUserDeps {
  readonly browsers: {
    findSession(rawToken: string): Promise<{ userId: UserId; sessionId: SessionId } | undefined>
  }
  readonly getProfile: GetProfile
}

export interface BrowserUser {
  readonly user: User
  readonly sessionId: SessionId
}

/** Undefined where nobody is, or who was is disabled or gone. @throws what the token service failed with */
export const createFindBrowserUser =
  ({ browsers, getProfile }: FindBrowserUserDeps) =>
  async (rawToken: string | undefined): Promise<BrowserUser | undefined> => {
    const session = rawToken === undefined ? undefined : await browsers.findSession(rawToken)
    const user = session && (await getProfile(session.userId))
    return session && user && { user, sessionId: session.sessionId }
  }

export type FindBrowserUser = ReturnType<typeof createFindBrowserUser>
