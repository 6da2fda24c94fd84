/** Follows a session from address to address: which moves are ordinary, which are allowed, and which one is too many. */
import { type Judgement, judgeChange, type Use } from './address-change.ts'
import type { Locate } from './place.ts'
import type { Review } from './review.ts'

export interface AddressRules {
  /** Moves that nothing explains which a session may make before one flags it. */
  readonly changesAllowed: number
  /** After so long, those before are forgotten. */
  readonly changesWindowSeconds: number
  /** Any change of address ends the session. */
  readonly isStrict: boolean
  readonly reviewGraceSeconds: number
}

export interface Whereabouts {
  /** Undefined where no use came with one yet. */
  readonly ipAddress: string | undefined
  /** Since when it is used from there. */
  readonly since: Date
  readonly lastAccessedAt: Date
  /** Unexplained moves lately, and when the first of them was. */
  readonly changes: number
  readonly changesSince: Date | undefined
  readonly review: Review | undefined
}

export interface Company {
  readonly known: ReadonlySet<string>
  readonly seen: ReadonlySet<string>
  readonly locate: Locate
}

export interface Move extends Judgement {
  readonly from: string
  readonly to: string
  readonly at: Date
  readonly outcome: 'ordinary' | 'allowed' | 'suspicious' | 'forbidden'
}

export interface Followed {
  readonly whereabouts: Whereabouts
  readonly moves: readonly Move[]
}

const after = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1_000)

const countChange = (at: Whereabouts, { changes }: Judgement, use: Use, rules: AddressRules) => {
  if (changes === 0) return { changes: at.changes, changesSince: at.changesSince }
  const isOver = at.changesSince === undefined || use.at >= after(at.changesSince, rules.changesWindowSeconds)
  return isOver
    ? { changes, changesSince: use.at }
    : { changes: at.changes + changes, changesSince: at.changesSince }
}

const outcomeOf = (judgement: Judgement, changes: number, rules: AddressRules): Move['outcome'] => {
  if (rules.isStrict) return 'forbidden'
  if (judgement.changes === 0) return 'ordinary'
  return changes > rules.changesAllowed ? 'suspicious' : 'allowed'
}

const follow = (at: Whereabouts, use: Use, company: Company, rules: AddressRules): [Whereabouts, Move?] => {
  if (use.at <= at.lastAccessedAt) return [at]
  const lastAccessedAt = use.at
  if (at.ipAddress === undefined) return [{ ...at, lastAccessedAt, ipAddress: use.ipAddress, since: use.at }]
  if (at.ipAddress === use.ipAddress) return [{ ...at, lastAccessedAt }]
  const from = { ipAddress: at.ipAddress, at: at.lastAccessedAt, since: at.since }
  const judgement = judgeChange({ from, to: use, ...company })
  const counted = countChange(at, judgement, use, rules)
  const outcome = outcomeOf(judgement, counted.changes, rules)
  const review =
    outcome === 'suspicious' && at.review === undefined
      ? { reason: judgement.reason, flaggedAt: use.at, until: after(use.at, rules.reviewGraceSeconds) }
      : at.review
  return [
    { lastAccessedAt, ipAddress: use.ipAddress, since: use.at, review, ...counted },
    { ...judgement, outcome, from: at.ipAddress, to: use.ipAddress, at: use.at },
  ]
}

/** `uses` in their order. Those from before what is known already say nothing new. */
export const followUses = (
  start: Whereabouts,
  uses: readonly Use[],
  { known, locate, ...company }: Company,
  rules: AddressRules,
): Followed => {
  const seen = new Set(company.seen)
  const moves: Move[] = []
  let whereabouts = start
  for (const use of uses) {
    const [next, move] = follow(whereabouts, use, { known, seen, locate }, rules)
    whereabouts = next
    seen.add(use.ipAddress)
    if (move !== undefined) moves.push(move)
  }
  return { whereabouts, moves }
}
