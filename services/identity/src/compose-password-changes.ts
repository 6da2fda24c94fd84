/** Passwords once they are there: changed, removed, forgotten and reset. */
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import type { Seal } from './domain/seal.ts'
import type { AttemptPassword } from './usecases/attempt-password.ts'
import { createChangePassword } from './usecases/change-password.ts'
import type { ChoosePassword } from './usecases/choose-password.ts'
import { createConfirmPasswordReset } from './usecases/confirm-password-reset.ts'
import { createHasPassword } from './usecases/has-password.ts'
import { createIssuePasswordReset } from './usecases/issue-password-reset.ts'
import { createRemovePassword } from './usecases/remove-password.ts'

export interface PasswordChangesInit {
  readonly settings: Pick<IdentitySettings, 'PASSWORD_RESET_TTL_SECONDS' | 'LOCKOUT_DURATION'>
  readonly stores: Pick<Stores, 'users' | 'credentials' | 'passwords' | 'resets' | 'mirrors'>
  readonly policy: Passwords['policy']
  readonly attemptPassword: AttemptPassword
  readonly choosePassword: ChoosePassword
  readonly seal: Seal
  readonly relaySoon: () => void
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const composePasswordChanges = (init: PasswordChangesInit) => {
  const { settings, policy, attemptPassword, choosePassword, seal, relaySoon, settle, now } = init
  const { users, credentials, passwords, resets, mirrors } = init.stores
  const ttlSeconds = settings.PASSWORD_RESET_TTL_SECONDS
  return {
    choosePassword,
    hasPassword: createHasPassword({ credentials }),
    changePassword: createChangePassword({
      credentials,
      passwords,
      policy,
      attemptPassword,
      choosePassword,
      settle,
      now,
    }),
    removePassword: createRemovePassword({ passwords, settle, now }),
    requestReset: resets.request,
    issuePasswordReset: createIssuePasswordReset({
      users,
      resets,
      seal,
      relaySoon,
      showReset: (tokenHash, user) => mirrors.showReset(tokenHash, user.id, ttlSeconds),
      ttlSeconds,
      now,
    }),
    confirmReset: createConfirmPasswordReset({
      resets,
      passwords,
      policy,
      choosePassword,
      onReset: (user, tokenHash) => {
        mirrors.hideReset(tokenHash)
        mirrors.showFailures(user.emailKey, 0, settings.LOCKOUT_DURATION)
      },
      settle,
      now,
    }),
  }
}
