/** Somebody who is signed in proves with a passkey, once more, who they are. @see ASVS 7.5.1 */
import type { SessionId, UserId } from '../domain/ids.ts'
import type { PasskeyAssertion, ProvePasskey } from './prove-passkey.ts'

export interface ReauthenticateWithPasskeyDeps {
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
  ({ provePasskey, authentications }: ReauthenticateWithPasskeyDeps) =>
  async ({ userId, sessionId, assertion }: PasskeyReauthentication): Promise<'confirmed' | 'refused'> => {
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
      credentialVersion: proof.credentialVersion,
      at: proof.at,
    })
    return 'confirmed'
  }

export type ReauthenticateWithPasskey = ReturnType<typeof createReauthenticateWithPasskey>
