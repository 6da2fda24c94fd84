/** Somebody who is signed in proves once more who they are, by an account at a provider that is a way into theirs. */
import type { IntroducedUser, Introduction } from '../domain/external-account.ts'
import type { SessionId, UserId } from '../domain/ids.ts'

export interface ReauthenticateWithProviderDeps {
  readonly accounts: { use(introduction: Introduction): Promise<IntroducedUser | undefined> }
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
  ({ accounts, authentications }: ReauthenticateWithProviderDeps) =>
  async (
    { userId, sessionId }: { readonly userId: UserId; readonly sessionId: SessionId },
    introduction: Introduction,
  ): Promise<'confirmed' | 'refused'> => {
    const introduced = await accounts.use(introduction)
    if (introduced?.userId !== userId) return 'refused'
    await authentications.note({
      sessionId,
      userId,
      credentialVersion: introduced.credentialVersion,
      at: introduction.at,
    })
    return 'confirmed'
  }

export type ReauthenticateWithProvider = ReturnType<typeof createReauthenticateWithProvider>
