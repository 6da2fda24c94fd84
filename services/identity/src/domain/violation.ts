/** What a rule says of a value that it refuses: every rule that is broken, not just the first. */

export interface Violation {
  /** Stable, snake case: `password_too_short`. */
  readonly code: string
  /** Goes on from the name of the field: `must have at least 8 characters`. */
  readonly message: string
  /** The number that the rule names, for whoever says it in other words. */
  readonly limit?: number
}

export type Checked<Value> =
  | { readonly outcome: 'accepted'; readonly value: Value }
  | { readonly outcome: 'refused'; readonly violations: readonly Violation[] }

export const accepted = <Value>(value: Value): Checked<Value> => ({ outcome: 'accepted', value })

export const refused = (...violations: readonly Violation[]): Checked<never> => ({
  outcome: 'refused',
  violations,
})
