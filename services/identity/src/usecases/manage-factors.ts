/** The second factors of a user, of whatever kinds there are: which they are, and the end of one. */
import type { FactorId, SessionId, UserId } from '../domain/ids.ts'
import type { Factor } from '../domain/second-factor.ts'

/** One kind of factor. */
export interface FactorKind {
  list(userId: UserId): Promise<readonly Factor[]>
  /** False where it is none of theirs of this kind; `last_way_in` where nothing else would open the account. */
  remove(
    id: FactorId,
    change: { readonly userId: UserId; readonly sessionId: SessionId | undefined },
  ): Promise<boolean | 'last_way_in'>
}

export interface ManageFactorsDeps {
  readonly kinds: readonly FactorKind[]
  readonly recoveryCodes: {
    count(userId: UserId): Promise<{ readonly left: number; readonly createdAt: Date } | undefined>
  }
  /** Waits a moment for the sessions that a removal ends. */
  readonly settle: () => Promise<void>
}

export interface FactorsOfUser {
  readonly factors: readonly Factor[]
  /** Undefined where there are none. */
  readonly recoveryCodes: { readonly left: number; readonly createdAt: Date } | undefined
}

export const createManageFactors = ({ kinds, recoveryCodes, settle }: ManageFactorsDeps) => ({
  list: async (userId: UserId): Promise<FactorsOfUser> => {
    const [codes, ...lists] = await Promise.all([
      recoveryCodes.count(userId),
      ...kinds.map(kind => kind.list(userId)),
    ])
    return { factors: lists.flat(), recoveryCodes: codes }
  },

  /** False where there is no such factor of theirs. */
  remove: async (
    id: FactorId,
    change: { userId: UserId; sessionId: SessionId },
  ): Promise<boolean | 'last_way_in'> => {
    for (const kind of kinds) {
      const outcome = await kind.remove(id, change)
      if (outcome === false) continue
      if (outcome === true) await settle()
      return outcome
    }
    return false
  },
})

export type ManageFactors = ReturnType<typeof createManageFactors>
