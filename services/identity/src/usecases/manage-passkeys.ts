/** The passkeys of a user, as they manage them, and as one kind of second factor among others. */
import type { FactorId, PasskeyId, SessionId, UserId } from '../domain/ids.ts'
import type { Passkey } from '../domain/passkey.ts'
import type { PasskeyName } from '../domain/passkey-name.ts'
import type { FactorKind } from './manage-factors.ts'

export type PasskeyRemoval = 'removed' | 'unknown' | 'last_way_in'

export interface ManagePasskeysDeps {
  readonly passkeys: {
    list(userId: UserId): Promise<readonly Passkey[]>
    rename(userId: UserId, id: PasskeyId, name: PasskeyName): Promise<Passkey | undefined>
    /** The other sessions of the user end. */
    remove(
      id: PasskeyId,
      change: { readonly userId: UserId; readonly sessionId: SessionId | undefined },
    ): Promise<PasskeyRemoval>
  }
  /** Waits a moment for the sessions that a removal ends. */
  readonly settle: () => Promise<void>
}

export const createManagePasskeys = ({ passkeys, settle }: ManagePasskeysDeps) => ({
  list: passkeys.list,
  rename: passkeys.rename,
  remove: async (
    id: PasskeyId,
    change: { readonly userId: UserId; readonly sessionId: SessionId },
  ): Promise<PasskeyRemoval> => {
    const outcome = await passkeys.remove(id, change)
    if (outcome === 'removed') await settle()
    return outcome
  },
})

export type ManagePasskeys = ReturnType<typeof createManagePasskeys>

export const passkeyFactors = ({ list, remove }: ManagePasskeysDeps['passkeys']): FactorKind => ({
  list: async userId =>
    (await list(userId)).map(({ id, name, createdAt, lastUsedAt }) => ({
      id: id as string as FactorId,
      method: 'passkey' as const,
      name,
      createdAt,
      lastUsedAt,
    })),
  remove: async (id, change) => {
    const outcome = await remove(id as string as PasskeyId, change)
    return outcome === 'last_way_in' ? outcome : outcome === 'removed'
  },
})
