/** A new passkey for somebody who is signed in: the challenge is spent, then everything about it is checked. */
import { createUuid } from '@latchkey/runtime/ids'
import type { PasskeyChallengeHash, PasskeyId, SessionId, UserId } from '../domain/ids.ts'
import {
  type CeremonyPurpose,
  hashPasskeyChallenge,
  type NewPasskey,
  type Passkey,
} from '../domain/passkey.ts'
import type { PasskeyName } from '../domain/passkey-name.ts'
import type { RelyingParty } from '../domain/webauthn/relying-party.ts'
import { type RegistrationResponse, verifyRegistration } from '../domain/webauthn/verify-registration.ts'
import type { MakeRecoveryCodes } from './make-recovery-codes.ts'

export interface EnrolPasskeyDeps {
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
    /** The other sessions of the user end. */
    add(passkey: NewPasskey, sessionId: SessionId): Promise<'added' | 'exists' | 'too_many' | 'gone'>
  }
  readonly makeFirstRecoveryCodes: MakeRecoveryCodes
  /** Waits a moment for the sessions that the change ends. */
  readonly settle: () => Promise<void>
  readonly logger: { info(members: object, message: string): void }
  readonly now: () => Date
}

export interface PasskeyEnrolment {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly name: PasskeyName
  readonly response: RegistrationResponse
  readonly transports: readonly string[]
  /** As the browser says; it is no promise. */
  readonly isDiscoverable: boolean
}

export type PasskeyEnrolmentOutcome =
  | {
      readonly outcome: 'enrolled'
      readonly passkey: Passkey
      /** Where there were none: they stand in for a factor that is lost. */
      readonly recoveryCodes: readonly string[]
    }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'exists' }
  | { readonly outcome: 'too_many' }
  | { readonly outcome: 'gone' }

const uuidOf = (aaguid: Buffer): string =>
  aaguid.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

export const createEnrolPasskey =
  (deps: EnrolPasskeyDeps) =>
  async (enrolment: PasskeyEnrolment): Promise<PasskeyEnrolmentOutcome> => {
    const { relyingParty, ceremonies, passkeys, logger, now } = deps
    const { userId, sessionId, response, name, transports, isDiscoverable } = enrolment
    const refuse = (reason: string): PasskeyEnrolmentOutcome => {
      logger.info({ reason, user_id: userId }, 'a new passkey was refused')
      return { outcome: 'refused' }
    }

    const at = now()
    const challengeHash = hashPasskeyChallenge(response.clientData.challenge)
    const use = { challengeHash, purpose: 'enrolment', boundTo: sessionId, at } as const
    const ceremony = await ceremonies.consume(use)
    if (ceremony?.userId !== userId) return refuse('ceremony')
    const expected = { relyingParty, challengeHash, needsUserVerification: false }
    const verified = verifyRegistration(response, expected)
    if (verified.outcome === 'refused') return refuse(verified.reason)

    const { credential, authenticatorData } = verified
    const passkey: NewPasskey = {
      id: createUuid<PasskeyId>(),
      userId,
      credentialId: response.credentialId,
      publicKey: credential.publicKey,
      signCount: authenticatorData.signCount,
      transports,
      isBackupEligible: authenticatorData.isBackupEligible,
      isBackedUp: authenticatorData.isBackedUp,
      isDiscoverable,
      canVerifyUser: authenticatorData.isUserVerified,
      aaguid: uuidOf(credential.aaguid),
      name,
      createdAt: at,
    }
    const outcome = await passkeys.add(passkey, sessionId)
    if (outcome !== 'added') return { outcome }
    const recoveryCodes = await deps.makeFirstRecoveryCodes({ userId, sessionId })
    await deps.settle()
    return { outcome: 'enrolled', passkey: { ...passkey, lastUsedAt: undefined }, recoveryCodes }
  }

export type EnrolPasskey = ReturnType<typeof createEnrolPasskey>
