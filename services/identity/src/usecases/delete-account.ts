/** A user leaves, and proves once more who they are. Their sessions end and their subject is forgotten. */
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import type { RawPassword } from '../domain/password-text.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'
import type { AttemptPassword } from './attempt-password.ts'
import type { AttemptOutcome } from './attempt-secret.ts'
import type { IsRecentlyAuthenticated } from './is-recently-authenticated.ts'

export interface DeleteAccountDeps {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly users: {
    /** False where the password that was checked is no longer the present one. */
    delete(id: UserId, credentialVersion: number): Promise<boolean>
  }
  readonly attemptPassword: AttemptPassword
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
}

export interface DeleteAccountInput {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly device: DeviceHash | undefined
  /** Needed where the account has one; else who asks must have proven lately who they are. */
  readonly password: RawPassword | undefined
}

export type DeleteAccountOutcome =
  | { readonly outcome: 'deleted' }
  /** There is no such user, or not any more. */
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'password_missing' }
  /** Right, but somebody else may know it: it proves nothing until it was reset. */
  | { readonly outcome: 'password_reset_required' }
  | { readonly outcome: 'reauthentication_required' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

export const createDeleteAccount = (deps: DeleteAccountDeps) => {
  const { credentials, users, attemptPassword, isRecentlyAuthenticated, settle } = deps

  /** Undefined where they have proven who they are. */
  const findObstacle = async (
    { user, credential, deviceKnown }: Account,
    { userId, sessionId, device, password }: DeleteAccountInput,
  ): Promise<DeleteAccountOutcome | undefined> => {
    if (credential === undefined) {
      const isRecent = await isRecentlyAuthenticated({ userId, sessionId })
      return isRecent ? undefined : { outcome: 'reauthentication_required' }
    }
    if (password === undefined) return { outcome: 'password_missing' }
    const attempt = await attemptPassword({
      budget: { emailKey: user.emailKey, knownDevice: deviceKnown ? device : undefined },
      passwordHash: credential.passwordHash,
      password,
    })
    if (attempt.outcome !== 'right') return attempt
    return credential.isSuspended ? { outcome: 'password_reset_required' } : undefined
  }

  return async (input: DeleteAccountInput): Promise<DeleteAccountOutcome> => {
    const account = await credentials.findByUser(input.userId, input.device)
    if (account === undefined || account.user.disabledAt !== undefined) return { outcome: 'gone' }
    const obstacle = await findObstacle(account, input)
    if (obstacle !== undefined) return obstacle
    if (!(await users.delete(input.userId, credentialVersionOf(account)))) return { outcome: 'wrong' }
    await settle()
    return { outcome: 'deleted' }
  }
}

export type DeleteAccount = ReturnType<typeof createDeleteAccount>
