/** A user leaves, and proves once more who they are. Their sessions end and their subject is forgotten. */
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { Account, Credential } from '../domain/user.ts'
import type { AttemptOutcome, AttemptPassword } from './attempt-password.ts'

export interface DeleteAccountDeps {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly users: {
    /** False where the password that was checked is no longer the present one. */
    delete(id: UserId, credential: Credential): Promise<boolean>
  }
  readonly attemptPassword: AttemptPassword
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
}

export interface DeleteAccountInput {
  readonly userId: UserId
  readonly device: DeviceHash | undefined
  readonly password: RawPassword
}

export type DeleteAccountOutcome =
  | { readonly outcome: 'deleted' }
  /** There is no such user, or not any more. */
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'wrong' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

export const createDeleteAccount =
  ({ credentials, users, attemptPassword, settle }: DeleteAccountDeps) =>
  async ({ userId, device, password }: DeleteAccountInput): Promise<DeleteAccountOutcome> => {
    const account = await credentials.findByUser(userId, device)
    if (account === undefined || account.user.disabledAt !== undefined) return { outcome: 'gone' }
    const { user, credential, deviceKnown } = account
    const attempt = await attemptPassword({
      budget: { emailKey: user.emailKey, knownDevice: deviceKnown ? device : undefined },
      passwordHash: credential.passwordHash,
      password,
    })
    if (attempt.outcome !== 'right') return attempt
    if (!(await users.delete(user.id, credential))) return { outcome: 'wrong' }
    await settle()
    return { outcome: 'deleted' }
  }

export type DeleteAccount = ReturnType<typeof createDeleteAccount>
