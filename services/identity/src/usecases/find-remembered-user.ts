/**
 * Who is signed in in a browser and asked to be remembered there: a sign-in that takes the place of theirs offers the same
 * again. Only an offer: where nobody can say now, it is left out.
 */
import type { SessionId, UserId } from '../domain/ids.ts'

export interface FindRememberedUserDeps {
  readonly browsers: {
    findSession(
      rawToken: string,
    ): Promise<{ readonly userId: UserId; readonly sessionId: SessionId } | undefined>
  }
  readonly sessions: { isRemembered(id: SessionId): Promise<boolean> }
  readonly logger: { debug(members: object, message: string): void }
}

export const createFindRememberedUser =
  ({ browsers, sessions, logger }: FindRememberedUserDeps) =>
  async (rawToken: string | undefined): Promise<UserId | undefined> => {
    if (rawToken === undefined) return undefined
    try {
      const session = await browsers.findSession(rawToken)
      if (session === undefined) return undefined
      return (await sessions.isRemembered(session.sessionId)) ? session.userId : undefined
    } catch (error) {
      logger.debug({ error }, 'nobody can say whether somebody asked to be remembered')
      return undefined
    }
  }

export type FindRememberedUser = ReturnType<typeof createFindRememberedUser>
