/** Ends all sessions of a user, but for one, or but for those that began with the user's present password. */
import type { EndAll, Ending } from '../domain/ending.ts'
import type { AnnounceEndings } from './announce-endings.ts'

export interface EndUserSessionsDeps {
  endings: { endAllOf(end: EndAll): Promise<readonly Ending[]> }
  announceEndings: AnnounceEndings
  now: () => Date
}

export type EndUserSessionsInput = Omit<EndAll, 'at'>

/** Gives how many it ended. */
export const createEndUserSessions =
  ({ endings, announceEndings, now }: EndUserSessionsDeps) =>
  async (input: EndUserSessionsInput): Promise<number> => {
    const ended = await endings.endAllOf({ ...input, at: now() })
    await announceEndings(ended)
    return ended.length
  }

export type EndUserSessions = ReturnType<typeof createEndUserSessions>
