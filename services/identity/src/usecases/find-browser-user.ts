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

/** Undefined where nobody is, or who was is disabled or gone. @throws what the token service failed with */
export const createFindBrowserUser =
  ({ browsers, getProfile }: FindBrowserUserDeps) =>
  async (rawToken: string | undefined): Promise<User | undefined> => {
    const session = rawToken === undefined ? undefined : await browsers.findSession(rawToken)
    return session && getProfile(session.userId)
  }

export type FindBrowserUser = ReturnType<typeof createFindBrowserUser>
