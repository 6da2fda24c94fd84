/** A session that was used from another address, before and after that was judged. */
import type { Use } from './address-change.ts'
import type { Ending } from './ending.ts'
import type { Company, Followed, Move, Whereabouts } from './follow-uses.ts'
import type { SessionId } from './ids.ts'
import type { Session } from './session.ts'

export interface FollowMoves {
  readonly sessionId: SessionId
  /** In their order. */
  readonly uses: readonly Use[]
  /** Called once, with nothing moving under it. */
  readonly decide: (
    from: Whereabouts,
    uses: readonly Use[],
    addresses: Pick<Company, 'known' | 'seen'>,
  ) => Followed
}

export interface FollowedSession {
  /** As it is now, ended or not. */
  readonly session: Session
  readonly moves: readonly Move[]
  /** Whether it was put under review just now. */
  readonly isFlagged: boolean
  readonly endings: readonly Ending[]
}
