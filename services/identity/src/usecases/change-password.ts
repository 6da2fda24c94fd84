/** A new password for somebody who is signed in and knows the present one. Their other sessions end. */
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import type { PasswordChange } from '../domain/password-change.ts'
import type { PasswordPolicy } from '../domain/password-policy.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { Account } from '../domain/user.ts'
import type { Violation } from '../domain/violation.ts'
import type { AttemptPassword } from './attempt-password.ts'
import type { AttemptOutcome } from './attempt-secret.ts'
import type { ChoosePassword } from './choose-password.ts'

export interface ChangePasswordDeps {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly passwords: {
    /** False where another change came first. */
    change(change: PasswordChange): Promise<boolean>
  }
  readonly policy: Pick<PasswordPolicy, 'remembers'>
  readonly attemptPassword: AttemptPassword
  readonly choosePassword: ChoosePassword
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export interface ChangePasswordInput {
  readonly userId: UserId
  readonly sessionId: SessionId | undefined
  readonly device: DeviceHash | undefined
  readonly currentPassword: RawPassword
  readonly newPassword: RawPassword
}

export type ChangePasswordOutcome =
  | { readonly outcome: 'changed' }
  /** There is no such user, or not any more. */
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'wrong' }
  /** Right, but somebody else may know it: only the mail of a reset helps. */
  | { readonly outcome: 'password_reset_required' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>
  | { readonly outcome: 'password_refused'; readonly violations: readonly Violation[] }

export const createChangePassword =
  (deps: ChangePasswordDeps) =>
  async (input: ChangePasswordInput): Promise<ChangePasswordOutcome> => {
    const account = await deps.credentials.findByUser(input.userId, input.device)
    if (account === undefined || account.user.disabledAt !== undefined) return { outcome: 'gone' }
    const { user, credential, deviceKnown } = account
    const attempt = await deps.attemptPassword({
      budget: { emailKey: user.emailKey, knownDevice: deviceKnown ? input.device : undefined },
      passwordHash: credential?.passwordHash,
      password: input.currentPassword,
    })
    if (attempt.outcome !== 'right') return attempt
    // Without a password there is none to know: a first one is set by the mail of a reset.
    if (credential === undefined) return { outcome: 'wrong' }
    if (credential.isSuspended) return { outcome: 'password_reset_required' }
    const chosen = await deps.choosePassword({ password: input.newPassword, owner: user, userId: user.id })
    if (chosen.outcome === 'refused') return { outcome: 'password_refused', violations: chosen.violations }
    const changed = await deps.passwords.change({
      userId: user.id,
      version: credential.version,
      passwordHash: chosen.passwordHash,
      history: Math.max(0, deps.policy.remembers - 1),
      exceptSessionId: input.sessionId,
      at: deps.now(),
    })
    if (!changed) return { outcome: 'wrong' }
    await deps.settle()
    return { outcome: 'changed' }
  }

export type ChangePassword = ReturnType<typeof createChangePassword>
