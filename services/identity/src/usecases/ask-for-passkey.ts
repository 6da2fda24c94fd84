/**
 * What a browser is asked, so that somebody proves who they are with a passkey. Where nobody is known yet, nobody's
 * passkeys are named: the question is the same for everybody, and tells nothing about who has an account.
 */
import type { UserId } from '../domain/ids.ts'
import type { CeremonyPurpose, Passkey } from '../domain/passkey.ts'
import { type RequestOptions, requestOptions } from '../domain/webauthn/options.ts'
import type { RelyingParty } from '../domain/webauthn/relying-party.ts'
import type { GivePasskeyChallenge } from './give-passkey-challenge.ts'

export interface AskForPasskeyDeps {
  readonly relyingParty: RelyingParty
  readonly passkeys: { list(userId: UserId): Promise<readonly Passkey[]> }
  readonly givePasskeyChallenge: GivePasskeyChallenge
}

export interface PasskeyQuestion {
  readonly purpose: Exclude<CeremonyPurpose, 'enrolment'>
  readonly userId: UserId | undefined
  readonly boundTo: string
}

export const createAskForPasskey =
  ({ relyingParty, passkeys, givePasskeyChallenge }: AskForPasskeyDeps) =>
  async (question: PasskeyQuestion): Promise<RequestOptions> => {
    const allowed = question.userId === undefined ? [] : await passkeys.list(question.userId)
    const challenge = await givePasskeyChallenge(question)
    // Beside a password, having it is enough; in the place of one, it has to be the right person too.
    const userVerification = question.purpose === 'second_factor' ? 'preferred' : 'required'
    return requestOptions({ relyingParty, challenge, allowed, userVerification })
  }

export type AskForPasskey = ReturnType<typeof createAskForPasskey>
