/** Ends one session. Ending an ended or unknown one changes nothing. */
import type { Ending, EndOne } from '../domain/ending.ts'
import type { AnnounceEndings } from './announce-endings.ts'

export interface EndSessionDeps {
  endings: { endOne(end: EndOne): Promise<Ending | undefined> }
  announceEndings: AnnounceEndings
  now: () => Date
}

/** `token` is the access token that asked for it: it is blacklisted by its own id too. */
export type EndSessionInput = Pick<EndOne, 'id' | 'reason' | 'userId' | 'token'>

/**
 * A sign-in that failed takes back the session that it began, never one that its device already had: a token
 * service that is away must not log anybody out.
 */
export const createEndSession =
  ({ endings, announceEndings, now }: EndSessionDeps) =>
  async (input: EndSessionInput): Promise<'ended' | 'not_found'> => {
    const unlessRenewed = input.reason === 'sign_in_failed'
    const ending = await endings.endOne({ ...input, at: now(), unlessRenewed })
    if (ending === undefined) return 'not_found'
    await announceEndings([ending], input.token)
    return 'ended'
  }

export type EndSession = ReturnType<typeof createEndSession>
