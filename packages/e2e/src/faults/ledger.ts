/** What the suite acknowledged to clients: the promises that faults must not break. */

export interface TokenPair {
  readonly access: string
  readonly refresh: string
}

export interface Account {
  readonly email: string
  /** `sub`; fixed by the first answer that named it. */
  readonly userId: string
  /** The one that holds by the last answer; undefined while a change has no answer yet. */
  password: string | undefined
  /** The one before, which must not work any more. */
  formerPassword: string | undefined
  /** Of a session that nobody has ended; undefined while a call that replaces or ends them has no answer yet. */
  tokens: TokenPair | undefined
  /** Of sessions whose end was acknowledged. */
  readonly ended: TokenPair[]
  /** Reset mails: how many were promised, and how many may have been. */
  readonly resets: { acknowledged: number; asked: number }
}

export interface Ledger {
  readonly accounts: Account[]
  /** Promises that were seen to break at once, in words. */
  readonly violations: string[]
}

export const createLedger = (): Ledger => ({ accounts: [], violations: [] })
