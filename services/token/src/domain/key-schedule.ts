/**
 * The life of a signing key: published → signing → retired → deleted. A stage is never stored: it follows from the
 * instants in the key's row and the database's clock, so that replicas agree on it without a message.
 */

export interface KeySchedule {
  readonly publishedAt: Date
  readonly signsAt: Date
  /** When its successor takes over; unset while it has none. */
  readonly retiresAt?: Date
  /** When the last token that it signed has expired everywhere. */
  readonly deletesAt?: Date
}

export type KeyStage = 'published' | 'signing' | 'retired' | 'deleted'

export interface RotationPolicy {
  /** How long a key is in the JWKS before it signs: longer than any cache keeps the JWKS. */
  readonly publishSeconds: number
  /** Age at which a signing key is succeeded; 0 turns rotation by age off. */
  readonly rotationDays: number
}

export interface Succession {
  /** Generation of the newest key of any algorithm that the caller knows. */
  readonly after: number
  /** How long the new key is published before it signs, in seconds. */
  readonly publishSeconds: number
  /** How long its predecessors of the same algorithm stay published after that, in seconds. */
  readonly keepSeconds: number
}

const has = (instant: Date | undefined, now: Date) => instant !== undefined && instant <= now

export const stageOf = (key: KeySchedule, now: Date): KeyStage => {
  if (has(key.deletesAt, now)) return 'deleted'
  if (has(key.retiresAt, now)) return 'retired'
  return has(key.signsAt, now) ? 'signing' : 'published'
}

/** The keys that a JWKS shows: those that will sign, do, or have signed what may still be live. */
export const publishedKeys = <Key extends KeySchedule>(keys: readonly Key[], now: Date): Key[] =>
  keys.filter(key => stageOf(key, now) !== 'deleted')

/** The key that signs now; undefined where none does. `keys` are of one algorithm. */
export const findSigningKey = <Key extends KeySchedule>(keys: readonly Key[], now: Date): Key | undefined =>
  keys.findLast(key => stageOf(key, now) === 'signing')

/**
 * True where the newest key of an algorithm is so old that its successor must be published now to take over in time, or
 * was retired without one, as a replica of a version that knew one algorithm does to the others.
 */
export const isRotationDue = (newest: KeySchedule, now: Date, policy: RotationPolicy): boolean => {
  if (newest.retiresAt !== undefined) return true
  if (policy.rotationDays === 0) return false
  const signsUntil = newest.signsAt.getTime() + policy.rotationDays * 86_400_000
  return now.getTime() >= signsUntil - policy.publishSeconds * 1000
}
