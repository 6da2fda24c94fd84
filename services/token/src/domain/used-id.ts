/** Ids that count once, of things that a client signs: an id seen twice is a replay. */
import { createHash } from 'node:crypto'

/** Each kind is a key space of its own (CVE-2026-4282). */
export type UsedIdKind = 'dpop' | 'client_assertion' | 'request_object'

export interface IdUse {
  readonly kind: UsedIdKind
  /** Whose id it is: two clients, or two keys, may choose the same. */
  readonly owner: string
  /** The `jti`. */
  readonly id: string
  /** From then on what has the id is refused for its age, and the id need not be known. */
  readonly expiresAt: Date
}

/** What is stored: of one length, however long the id, and ambiguous with no other pair. */
export const hashIdUse = ({ owner, id }: Pick<IdUse, 'owner' | 'id'>): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([owner, id]))
    .digest()
