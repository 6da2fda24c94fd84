/** One look at a password, counted; an unknown account costs the same work as a known one. */
import type { EmailKey } from '../domain/email-address.ts'
import type { AttemptBudget } from '../domain/lockout.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { AttemptOutcome, AttemptSecret } from './attempt-secret.ts'

export interface AttemptPasswordDeps {
  readonly attemptSecret: AttemptSecret
  readonly hasher: {
    verify(passwordHash: string, password: RawPassword): Promise<boolean>
    verifyStandIn(password: RawPassword, emailKey: EmailKey): Promise<false>
  }
}

export interface PasswordAttempt {
  readonly budget: AttemptBudget
  /** Undefined for an address without an account, or an account without a password. */
  readonly passwordHash: string | undefined
  readonly password: RawPassword
}

/** @throws Overloaded */
export const createAttemptPassword =
  ({ attemptSecret, hasher }: AttemptPasswordDeps) =>
  ({ budget, passwordHash, password }: PasswordAttempt): Promise<AttemptOutcome> =>
    attemptSecret({
      budget,
      verify: () =>
        passwordHash === undefined
          ? hasher.verifyStandIn(password, budget.emailKey)
          : hasher.verify(passwordHash, password),
    })

export type AttemptPassword = ReturnType<typeof createAttemptPassword>
