/**
 * Whether somebody has a passkey of ours. Whoever asks for one goes through here: sign-in, second factor, a look before a
 * change that matters. The challenge is spent first, whatever comes of it, so that one assertion never counts twice.
 * Nothing is counted against the account: a signature can't be guessed, and strangers could only lock the owner out.
 *
 * @see WebAuthn Level 3 §7.2
 */
import type { AuthenticationMethod } from '../domain/authentication-method.ts'
import type { PasskeyChallengeHash, UserId } from '../domain/ids.ts'
import {
  type CeremonyPurpose,
  hashPasskeyChallenge,
  methodsOf,
  type NotedPasskeyUse,
  type Passkey,
  type PasskeyUse,
} from '../domain/passkey.ts'
import type { RelyingParty } from '../domain/webauthn/relying-party.ts'
import { userHandleOf } from '../domain/webauthn/user-handle.ts'
import { type AssertionResponse, verifyAssertion } from '../domain/webauthn/verify-assertion.ts'

export interface ProvePasskeyDeps {
  readonly relyingParty: RelyingParty
  readonly ceremonies: {
    consume(use: {
      challengeHash: PasskeyChallengeHash
      purpose: CeremonyPurpose
      boundTo: string
      at: Date
    }): Promise<{ readonly userId: UserId | undefined } | undefined>
  }
  readonly passkeys: {
    findByCredentialId(credentialId: string): Promise<Passkey | undefined>
    noteUse(use: PasskeyUse): Promise<NotedPasskeyUse>
  }
  readonly logger: { info(members: object, message: string): void }
  readonly now: () => Date
}

export interface PasskeyAssertion extends AssertionResponse {
  /** base64url */
  readonly credentialId: string
  /** Whom the authenticator made it for, base64url; undefined where it does not say. */
  readonly userHandle: string | undefined
}

export interface PasskeyProof {
  readonly assertion: PasskeyAssertion
  readonly purpose: CeremonyPurpose
  readonly boundTo: string
  readonly needsUserVerification: boolean
}

export type PasskeyProofOutcome =
  | {
      readonly outcome: 'proven'
      readonly userId: UserId
      /** As it was when the passkey was one. */
      readonly credentialVersion: number
      readonly methods: readonly AuthenticationMethod[]
      readonly at: Date
    }
  | {
      readonly outcome: 'refused'
      /** The authenticator's id of a passkey that nobody has (any more), so that a browser can forget it. */
      readonly unknownPasskey?: string
    }

type Refused = Extract<PasskeyProofOutcome, { outcome: 'refused' }>

export const createProvePasskey = (deps: ProvePasskeyDeps) => {
  const { relyingParty, ceremonies, passkeys, logger, now } = deps

  /** Step 6: the passkey is the user's who is asked for, or, where nobody is, the user's whom the authenticator names. */
  const isOwned = (
    { userId }: Passkey,
    userHandle: string | undefined,
    askedFor: UserId | undefined,
  ): boolean => {
    const isNamed = userHandle === userHandleOf(userId)
    return askedFor === undefined ? isNamed : userId === askedFor && (isNamed || userHandle === undefined)
  }

  return async (proof: PasskeyProof): Promise<PasskeyProofOutcome> => {
    const { assertion, purpose, boundTo, needsUserVerification } = proof
    const at = now()
    const refuse = (reason: string, passkey?: Passkey): Refused => {
      logger.info({ reason, purpose, user_id: passkey?.userId }, 'a passkey was refused')
      return { outcome: 'refused' }
    }

    const challengeHash = hashPasskeyChallenge(assertion.clientData.challenge)
    const ceremony = await ceremonies.consume({ challengeHash, purpose, boundTo, at })
    if (ceremony === undefined) return refuse('ceremony')
    const { credentialId, userHandle } = assertion
    const passkey = await passkeys.findByCredentialId(credentialId)
    if (passkey === undefined) return { ...refuse('unknown_passkey'), unknownPasskey: credentialId }
    if (!isOwned(passkey, userHandle, ceremony.userId)) return refuse('owner', passkey)
    const expected = { relyingParty, challengeHash, needsUserVerification }
    const verified = verifyAssertion(assertion, passkey, expected)
    if (verified.outcome === 'refused') return refuse(verified.reason, passkey)
    const { signCount, isBackedUp, isUserVerified } = verified.authenticatorData
    const isDiscovered = ceremony.userId === undefined
    const use = { id: passkey.id, signCount, isBackedUp, isUserVerified, isDiscovered, at }
    const noted = await passkeys.noteUse(use)
    if (noted.outcome !== 'noted') return refuse(noted.outcome, passkey)
    const { credentialVersion } = noted
    const methods = methodsOf(passkey, isUserVerified)
    return { outcome: 'proven', userId: passkey.userId, credentialVersion, methods, at }
  }
}

export type ProvePasskey = ReturnType<typeof createProvePasskey>
