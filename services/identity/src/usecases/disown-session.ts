/** The owner of an account says that a session is not theirs. The link in the notice is the proof; it works once. */
import type { NotMeTokenHash } from '../domain/ids.ts'
import { hashNotMeToken } from '../domain/not-me-link.ts'

export interface DisownSessionDeps {
  readonly notMeLinks: {
    /** Something for exactly one of any number of calls with the same token. */
    disown(
      tokenHash: NotMeTokenHash,
      at: Date,
      locale: string,
    ): Promise<{ readonly hasPassword: boolean } | undefined>
  }
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly onDisowned: () => void
  readonly now: () => Date
}

export type DisownSessionOutcome =
  | 'disowned'
  /** By somebody who has no password that somebody else could know. */
  | 'disowned_without_password'
  /** Unknown, used, outdated: nobody is told which. */
  | 'invalid_token'

export const createDisownSession =
  ({ notMeLinks, settle, onDisowned, now }: DisownSessionDeps) =>
  async (rawToken: string, locale: string): Promise<DisownSessionOutcome> => {
    const disowned = await notMeLinks.disown(hashNotMeToken(rawToken), now(), locale)
    if (disowned === undefined) return 'invalid_token'
    onDisowned()
    await settle()
    return disowned.hasPassword ? 'disowned' : 'disowned_without_password'
  }

export type DisownSession = ReturnType<typeof createDisownSession>
