/**
 * One more way into an account, opened by its owner: signed in, having proven lately who they are, with an address that is
 * verified. Who registered a stranger's address first must not leave a door of their own in it.
 */
import type { Introduction } from '../domain/external-account.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { IsRecentlyAuthenticated } from './is-recently-authenticated.ts'

export interface LinkExternalAccountDeps {
  readonly accounts: {
    use(introduction: Introduction): Promise<{ readonly userId: UserId } | undefined>
    link(
      userId: UserId,
      introduction: Introduction,
      sessionId: SessionId,
    ): Promise<'linked' | 'taken' | 'refused'>
  }
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
  readonly relaySoon: () => void
}

export interface LinkingUser {
  readonly userId: UserId
  readonly sessionId: SessionId
}

export type LinkOutcome =
  | 'linked'
  /** It is a way into somebody's account already: this one, or another. */
  | 'linked_before'
  | 'taken'
  /** The user's own address is not verified, or they may not come in any more. */
  | 'refused'
  | 'reauthentication_required'

export const createLinkExternalAccount =
  ({ accounts, isRecentlyAuthenticated, relaySoon }: LinkExternalAccountDeps) =>
  async ({ userId, sessionId }: LinkingUser, introduction: Introduction): Promise<LinkOutcome> => {
    const owner = await accounts.use(introduction)
    if (owner !== undefined) return owner.userId === userId ? 'linked_before' : 'taken'
    // The journey took a while, and somebody else may sit there now.
    if (!(await isRecentlyAuthenticated({ userId, sessionId }))) return 'reauthentication_required'
    const outcome = await accounts.link(userId, introduction, sessionId)
    if (outcome === 'linked') relaySoon()
    return outcome
  }

export type LinkExternalAccount = ReturnType<typeof createLinkExternalAccount>
