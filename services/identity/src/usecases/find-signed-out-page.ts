/**
 * Where a browser goes whose session is about to end: the token service's page, which tells applications that listen there
 * (Front-Channel Logout). It is asked for first, for the end of a session forgets where it was.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { SessionId } from '../domain/ids.ts'

export interface FindSignedOutPageDeps {
  readonly browsers: {
    findSignedOutPage(sessionId: SessionId, rawBrowser: string): Promise<string | undefined>
  }
  readonly logger: Pick<Logger, 'warn'>
}

/** Undefined where nobody is told so. Never rejects: that an application can't be told keeps nobody signed in. */
export const createFindSignedOutPage =
  ({ browsers, logger }: FindSignedOutPageDeps) =>
  async (sessionId: SessionId, rawBrowser: string): Promise<string | undefined> => {
    try {
      return await browsers.findSignedOutPage(sessionId, rawBrowser)
    } catch (error) {
      logger.warn({ session_id: sessionId, error }, 'applications are not told in the browser of a sign-out')
      return undefined
    }
  }

export type FindSignedOutPage = ReturnType<typeof createFindSignedOutPage>
