/** Somebody who is signed in proves with a passkey, once more, who they are. @see ASVS 7.5.1 */
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'
import type { PasskeyAssertion, ProvePasskey } from './prove-passkey.ts'

export interface ReauthenticateWithPasskeyDeps {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly provePasskey: ProvePasskey
  readonly authentications: {
    note(authentication: {
      sessionId: SessionId
      userId: UserId
      credentialVersion: number
      at: Date
    }): Promise<void>
  }
}

export interface PasskeyReauthentication {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly assertion: PasskeyAssertion
}

export const createReauthenticateWithPasskey =
  ({ credentials, provePasskey, authentications }: ReauthenticateWithPasskeyDeps) =>
  async ({ userId, sessionId, assertion }: PasskeyReauthentication): Promise<'confirmed' | 'refused'> => {
    const account = await credentials.findByUser(userId, undefined)
    if (account === undefined) return 'refused'
    const proof = await provePasskey({
      assertion,
      purpose: 'reauthentication',
      boundTo: sessionId,
      needsUserVerification: true,
    })
    if (proof.outcome === 'refused' || proof.userId !== userId) return 'refused'
    await authentications.note({
      sessionId,
      userId,
      credentialVersion: credentialVersionOf(account),
      at: proof.at,
    })
    return 'confirmed'
  }

export type ReauthenticateWithPasskey = ReturnType<typeof createReauthenticateWithPasskey>
