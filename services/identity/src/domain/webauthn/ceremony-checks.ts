/** What both ceremonies check of what browser and authenticator say. @see WebAuthn Level 3 §7.1, §7.2 */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { AuthenticatorData } from './authenticator-data.ts'
import type { ClientData } from './client-data.ts'
import type { RelyingParty } from './relying-party.ts'

export interface Expectations {
  readonly relyingParty: RelyingParty
  /** SHA-256 of the challenge that was given out, hex. */
  readonly challengeHash: string
  /** Whether the user must have been recognized (PIN, finger, face), not only have touched something. */
  readonly needsUserVerification: boolean
}

/** The rule that was broken; for logs. */
export type CeremonyRefusal =
  | 'malformed'
  | 'type'
  | 'challenge'
  | 'origin'
  | 'cross_origin'
  | 'rp_id'
  | 'user_presence'
  | 'user_verification'
  | 'backup_flags'

export const checkClientData = (
  { type, challenge, origin, isCrossOrigin }: ClientData,
  expectedType: 'webauthn.create' | 'webauthn.get',
  { relyingParty, challengeHash }: Expectations,
): CeremonyRefusal | undefined => {
  // §7.1 step 7, §7.2 step 10
  if (type !== expectedType) return 'type'
  // §7.1 step 8, §7.2 step 11
  if (sha256Hex(challenge) !== challengeHash) return 'challenge'
  // §7.1 step 9, §7.2 step 12
  if (origin !== relyingParty.origin) return 'origin'
  // §7.1 steps 10 and 11, §7.2 steps 13 and 14: no page of ours lets itself be framed.
  if (isCrossOrigin) return 'cross_origin'
  return undefined
}

export const checkAuthenticatorData = (
  { rpIdHash, isUserPresent, isUserVerified, isBackupEligible, isBackedUp }: AuthenticatorData,
  { relyingParty, needsUserVerification }: Expectations,
): CeremonyRefusal | undefined => {
  // §7.1 step 14, §7.2 step 15
  if (!rpIdHash.equals(relyingParty.idHash)) return 'rp_id'
  // §7.1 step 15, §7.2 step 16
  if (!isUserPresent) return 'user_presence'
  // §7.1 step 16, §7.2 step 17
  if (needsUserVerification && !isUserVerified) return 'user_verification'
  // §7.1 step 17, §7.2 step 18
  if (isBackedUp && !isBackupEligible) return 'backup_flags'
  return undefined
}
