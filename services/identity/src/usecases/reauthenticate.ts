/** Somebody who is signed in proves once more who they are, before a change that matters. @see ASVS 7.5.1 */
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import type { RawPassword } from '../domain/password-text.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'
import type { AttemptPassword } from './attempt-password.ts'
import type { AttemptOutcome } from './attempt-secret.ts'

export interface ReauthenticateDeps {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly authentications: {
    note(authentication: {
      sessionId: SessionId
      userId: UserId
      credentialVersion: number
      at: Date
    }): Promise<void>
  }
  readonly attemptPassword: AttemptPassword
  readonly now: () => Date
}

export interface Reauthentication {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly device: DeviceHash | undefined
  readonly password: RawPassword
}

export type ReauthenticationOutcome =
  | { readonly outcome: 'confirmed' }
  /** There is no such user, or not any more. */
  | { readonly outcome: 'gone' }
  /** Wrong, or there is no password to know. */
  | { readonly outcome: 'wrong' }
  /** Right, but somebody else may know it: it proves nothing until it was reset. */
  | { readonly outcome: 'password_reset_required' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

export const createReauthenticate =
  ({ credentials, authentications, attemptPassword, now }: ReauthenticateDeps) =>
  async ({ userId, sessionId, device, password }: Reauthentication): Promise<ReauthenticationOutcome> => {
    const account = await credentials.findByUser(userId, device)
    if (account === undefined || account.user.disabledAt !== undefined) return { outcome: 'gone' }
    const { user, credential, deviceKnown } = account
    const attempt = await attemptPassword({
      budget: { emailKey: user.emailKey, knownDevice: deviceKnown ? device : undefined },
      passwordHash: credential?.passwordHash,
      password,
    })
    if (attempt.outcome !== 'right') return attempt
    if (credential?.isSuspended === true) return { outcome: 'password_reset_required' }
    await authentications.note({
      sessionId,
      userId,
      credentialVersion: credentialVersionOf(account),
      at: now(),
    })
    return { outcome: 'confirmed' }
  }

export type Reauthenticate = ReturnType<typeof createReauthenticate>
