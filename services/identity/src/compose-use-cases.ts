/** The use cases, given what each of them asks for. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Clients } from './compose-clients.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import type { PasswordPolicy } from './domain/password-policy.ts'
import type { PasswordHasher } from './hashing/password-hasher.ts'
import { createAttemptPassword } from './usecases/attempt-password.ts'
import { createBeginSession } from './usecases/begin-session.ts'
import { createChangePassword } from './usecases/change-password.ts'
import { createChoosePassword } from './usecases/choose-password.ts'
import { createConfirmPasswordReset } from './usecases/confirm-password-reset.ts'
import { createDeleteAccount } from './usecases/delete-account.ts'
import { createGetProfile } from './usecases/get-profile.ts'
import { createRegisterUser } from './usecases/register-user.ts'
import { createSignIn } from './usecases/sign-in.ts'
import { createUpdateProfile } from './usecases/update-profile.ts'

export interface UseCasesInit {
  readonly settings: IdentitySettings
  readonly stores: Stores
  readonly clients: Clients
  readonly hasher: PasswordHasher
  readonly policy: PasswordPolicy
  readonly logger: Logger
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const composeUseCases = (init: UseCasesInit) => {
  const { settings, stores, clients, hasher, policy, logger, settle, now } = init
  const { users, credentials, passwords, resets, attempts, mirrors } = stores

  const attemptPassword = createAttemptPassword({
    attempts,
    hasher,
    maxAttempts: settings.MAX_LOGIN_ATTEMPTS,
    showFailures: (emailKey, failures) => mirrors.showFailures(emailKey, failures, settings.LOCKOUT_DURATION),
    now,
  })
  const choosePassword = createChoosePassword({ policy, hasher, credentials })
  const beginSession = createBeginSession({ sessions: clients.sessions, tokens: clients.tokens, logger })
  const getProfile = createGetProfile({ users })

  return {
    registerUser: createRegisterUser({ users, choosePassword, beginSession, now }),
    signIn: createSignIn({ credentials, hasher, attemptPassword, beginSession, now }),
    getProfile,
    updateProfile: createUpdateProfile({ users, getProfile, now }),
    deleteAccount: createDeleteAccount({ credentials, users, attemptPassword, settle }),
    changePassword: createChangePassword({
      credentials,
      passwords,
      policy,
      attemptPassword,
      choosePassword,
      settle,
      now,
    }),
    requestReset: resets.request,
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

export type UseCases = ReturnType<typeof composeUseCases>
