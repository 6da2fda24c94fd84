/** One way less into an account. The last one stays, and who came in by the one that goes is out: the other sessions end. */
import type { ExternalAccountId } from '../domain/external-account.ts'
import type { SessionId, UserId } from '../domain/ids.ts'

export type UnlinkOutcome = 'unlinked' | 'unknown' | 'last_way_in'

export interface UnlinkExternalAccountDeps {
  readonly accounts: {
    unlink(
      id: ExternalAccountId,
      change: { readonly userId: UserId; readonly sessionId: SessionId },
    ): Promise<UnlinkOutcome>
  }
  readonly relaySoon: () => void
}

export const createUnlinkExternalAccount =
  ({ accounts, relaySoon }: UnlinkExternalAccountDeps) =>
  async (
    change: { readonly userId: UserId; readonly sessionId: SessionId },
    id: ExternalAccountId,
  ): Promise<UnlinkOutcome> => {
    const outcome = await accounts.unlink(id, change)
    if (outcome === 'unlinked') relaySoon()
    return outcome
  }

export type UnlinkExternalAccount = ReturnType<typeof createUnlinkExternalAccount>
