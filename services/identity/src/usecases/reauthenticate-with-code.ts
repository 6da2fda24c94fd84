/**
 * Somebody who is signed in proves with a code of their app, once more, who they are. A code that has signed somebody in
 * proves nothing again; recovery codes are for who has lost the app, not for this. @see ASVS 7.5.1
 */
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'
import type { AttemptOutcome, AttemptSecret } from './attempt-secret.ts'
import { budgetOfSecondFactors } from './complete-challenge.ts'
import type { ProveCode } from './prove-second-factor.ts'

export interface ReauthenticateWithCodeDeps {
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
  readonly attemptSecret: AttemptSecret
  readonly proveCode: ProveCode
  readonly now: () => Date
}

export interface CodeReauthentication {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly device: DeviceHash | undefined
  readonly code: string
}

export type CodeReauthenticationOutcome =
  | { readonly outcome: 'confirmed' }
  /** There is no such user, or not any more. */
  | { readonly outcome: 'gone' }
  /** Wrong, used before, or there is no app to know. */
  | { readonly outcome: 'wrong' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

export const createReauthenticateWithCode =
  ({ credentials, authentications, attemptSecret, proveCode, now }: ReauthenticateWithCodeDeps) =>
  async ({ userId, sessionId, device, code }: CodeReauthentication): Promise<CodeReauthenticationOutcome> => {
    const account = await credentials.findByUser(userId, device)
    if (account === undefined || account.user.disabledAt !== undefined) return { outcome: 'gone' }
    const attempt = await attemptSecret({
      budget: budgetOfSecondFactors(account, device),
      verify: async () => (await proveCode('totp', code)(account)) !== undefined,
    })
    if (attempt.outcome !== 'right') return attempt
    await authentications.note({
      sessionId,
      userId,
      credentialVersion: credentialVersionOf(account),
      at: now(),
    })
    return { outcome: 'confirmed' }
  }

export type ReauthenticateWithCode = ReturnType<typeof createReauthenticateWithCode>
