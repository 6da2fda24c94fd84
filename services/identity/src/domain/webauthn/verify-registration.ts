/**
 * A new passkey, checked step by step. No attestation is asked for, so no make of authenticator is trusted or refused.
 * @see WebAuthn Level 3 §7.1
 */
import { createHash } from 'node:crypto'
import {
  type AttestedCredential,
  type AuthenticatorData,
  parseAuthenticatorData,
} from './authenticator-data.ts'
import { type CborMap, decodeCborMap } from './cbor.ts'
import {
  type CeremonyRefusal,
  checkAuthenticatorData,
  checkClientData,
  type Expectations,
} from './ceremony-checks.ts'
import type { ClientData } from './client-data.ts'
import { type PasskeyKey, parseCoseKey } from './cose-key.ts'

export interface RegistrationResponse {
  /** As the browser names it, base64url. */
  readonly credentialId: string
  readonly clientData: ClientData
  readonly attestationObject: Buffer
}

export type RegistrationRefusal = CeremonyRefusal | 'algorithm' | 'attestation' | 'credential_id'

export type VerifiedRegistration =
  | {
      readonly outcome: 'verified'
      readonly credential: AttestedCredential
      readonly authenticatorData: AuthenticatorData
    }
  | { readonly outcome: 'refused'; readonly reason: RegistrationRefusal }

const longestCredentialId = 1_023

/** `none`, or the passkey's own signature, which browsers leave in place (§5.1.3 step 22). @see WebAuthn Level 3 §8.2, §8.7 */
const isSelfAttested = (attestation: CborMap, key: PasskeyKey, signed: Buffer): boolean => {
  const statement = attestation.get('attStmt')
  if (!(statement instanceof Map)) return false
  if (attestation.get('fmt') === 'none') return statement.size === 0
  const signature = statement.get('sig')
  if (attestation.get('fmt') !== 'packed' || statement.has('x5c') || !(signature instanceof Buffer))
    return false
  return statement.get('alg') === key.algorithm && key.verify(signed, signature)
}

const refused = (reason: RegistrationRefusal): VerifiedRegistration => ({ outcome: 'refused', reason })

export const verifyRegistration = (
  { credentialId, clientData, attestationObject }: RegistrationResponse,
  expected: Expectations,
): VerifiedRegistration => {
  const clientRefusal = checkClientData(clientData, 'webauthn.create', expected)
  if (clientRefusal !== undefined) return refused(clientRefusal)
  // Steps 12 and 13
  const hash = createHash('sha256').update(clientData.raw).digest()
  const attestation = decodeCborMap(attestationObject)
  const raw = attestation?.get('authData')
  const authenticatorData = raw instanceof Buffer ? parseAuthenticatorData(raw) : undefined
  const credential = authenticatorData?.attested
  if (attestation === undefined || authenticatorData === undefined || credential === undefined)
    return refused('malformed')
  const authenticatorRefusal = checkAuthenticatorData(authenticatorData, expected)
  if (authenticatorRefusal !== undefined) return refused(authenticatorRefusal)
  // Step 20
  const key = parseCoseKey(credential.publicKey)
  if (key === undefined) return refused('algorithm')
  // Steps 21 to 24
  const signed = Buffer.concat([authenticatorData.raw, hash])
  if (!isSelfAttested(attestation, key, signed)) return refused('attestation')
  // Step 25; and what the browser names is what the authenticator made.
  const { length } = credential.credentialId
  if (length === 0 || length > longestCredentialId) return refused('credential_id')
  if (credential.credentialId.toString('base64url') !== credentialId) return refused('credential_id')
  return { outcome: 'verified', credential, authenticatorData }
}
