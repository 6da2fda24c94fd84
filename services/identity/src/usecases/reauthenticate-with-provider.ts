/** Somebody who is signed in proves once more who they are, by an account at a provider that is a way into theirs. */
import type { Introduction } from '../domain/external-account.ts'
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'

export interface ReauthenticateWithProviderDeps {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly accounts: { use(introduction: Introduction): Promise<UserId | undefined> }
  readonly authentications: {
    note(authentication: {
      sessionId: SessionId
      userId: UserId
      credentialVersion: number
      at: Date
    }): Promise<void>
  }
}

/** `refused`: it is a way into another account, or into none. */
export const createReauthenticateWithProvider =
  ({ credentials, accounts, authentications }: ReauthenticateWithProviderDeps) =>
  async (
    { userId, sessionId }: { readonly userId: UserId; readonly sessionId: SessionId },
    introduction: Introduction,
  ): Promise<'confirmed' | 'refused'> => {
    const account = await credentials.findByUser(userId, undefined)
    if (account === undefined || (await accounts.use(introduction)) !== userId) return 'refused'
    await authentications.note({
      sessionId,
      userId,
      credentialVersion: credentialVersionOf(account),
      at: introduction.at,
    })
    return 'confirmed'
  }

export type ReauthenticateWithProvider = ReturnType<typeof createReauthenticateWithProvider>
