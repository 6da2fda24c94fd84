/** A new password for the reader of a reset mail. The token works once; it is not spent on a password that is refused. */
import type { ResetTokenHash } from '../domain/ids.ts'
import type { PasswordResetRedemption } from '../domain/password-change.ts'
import type { PasswordPolicy } from '../domain/password-policy.ts'
import { hashResetToken } from '../domain/password-reset.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { User } from '../domain/user.ts'
import type { Violation } from '../domain/violation.ts'
import type { ChoosePassword } from './choose-password.ts'

export interface ConfirmPasswordResetDeps {
  readonly resets: { findOwner(tokenHash: ResetTokenHash, at: Date): Promise<User | undefined> }
  readonly passwords: {
    /** True for exactly one of any number of calls with the same token. */
    redeem(redemption: PasswordResetRedemption): Promise<boolean>
  }
  readonly policy: Pick<PasswordPolicy, 'remembers'>
  readonly choosePassword: ChoosePassword
  /** Takes away what operators see of the token and of the lock. */
  readonly onReset: (user: User, tokenHash: ResetTokenHash) => void
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export interface PasswordResetConfirmation {
  readonly rawToken: string
  readonly newPassword: RawPassword
}

export type ConfirmPasswordResetOutcome =
  | { readonly outcome: 'reset' }
  /** Unknown, used, outdated: nobody is told which. */
  | { readonly outcome: 'invalid_token' }
  | { readonly outcome: 'password_refused'; readonly violations: readonly Violation[] }

export const createConfirmPasswordReset =
  (deps: ConfirmPasswordResetDeps) =>
  async ({ rawToken, newPassword }: PasswordResetConfirmation): Promise<ConfirmPasswordResetOutcome> => {
    const tokenHash = hashResetToken(rawToken)
    const user = await deps.resets.findOwner(tokenHash, deps.now())
    if (user === undefined) return { outcome: 'invalid_token' }
    const chosen = await deps.choosePassword({ password: newPassword, owner: user, userId: user.id })
    if (chosen.outcome === 'refused') return { outcome: 'password_refused', violations: chosen.violations }
    const redeemed = await deps.passwords.redeem({
      userId: user.id,
      tokenHash,
      passwordHash: chosen.passwordHash,
      history: Math.max(0, deps.policy.remembers - 1),
      at: deps.now(),
    })
    if (!redeemed) return { outcome: 'invalid_token' }
    deps.onReset(user, tokenHash)
    await deps.settle()
    return { outcome: 'reset' }
  }

export type ConfirmPasswordReset = ReturnType<typeof createConfirmPasswordReset>
