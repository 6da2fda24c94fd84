/** What a browser is asked, so that somebody who is signed in gets a passkey. */
import type { SessionId, UserId } from '../domain/ids.ts'
import type { Passkey } from '../domain/passkey.ts'
import { type CreationOptions, creationOptions } from '../domain/webauthn/options.ts'
import type { RelyingParty } from '../domain/webauthn/relying-party.ts'
import type { GetProfile } from './get-profile.ts'
import type { GivePasskeyChallenge } from './give-passkey-challenge.ts'

export interface BeginPasskeyEnrolmentDeps {
  readonly relyingParty: RelyingParty
  readonly passkeys: { list(userId: UserId): Promise<readonly Passkey[]> }
  readonly getProfile: GetProfile
  readonly givePasskeyChallenge: GivePasskeyChallenge
}

/** Undefined where the user is not there any more. */
export const createBeginPasskeyEnrolment =
  ({ relyingParty, passkeys, getProfile, givePasskeyChallenge }: BeginPasskeyEnrolmentDeps) =>
  async (userId: UserId, sessionId: SessionId): Promise<CreationOptions | undefined> => {
    const user = await getProfile(userId)
    if (user === undefined) return undefined
    const existing = await passkeys.list(userId)
    const challenge = await givePasskeyChallenge({ purpose: 'enrolment', userId, boundTo: sessionId })
    return creationOptions({ relyingParty, challenge, user, existing })
  }

export type BeginPasskeyEnrolment = ReturnType<typeof createBeginPasskeyEnrolment>
