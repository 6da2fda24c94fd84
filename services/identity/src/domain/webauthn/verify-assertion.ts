/**
 * The proof that somebody has a passkey, checked step by step. The counter (step 22) is the store's: one conditional UPDATE.
 * @see WebAuthn Level 3 §7.2
 */
import { createHash } from 'node:crypto'
import { type AuthenticatorData, parseAuthenticatorData } from './authenticator-data.ts'
import {
  type CeremonyRefusal,
  checkAuthenticatorData,
  checkClientData,
  type Expectations,
} from './ceremony-checks.ts'
import type { ClientData } from './client-data.ts'
import { parseCoseKey } from './cose-key.ts'

export interface AssertionResponse {
  readonly clientData: ClientData
  readonly authenticatorData: Buffer
  readonly signature: Buffer
}

export type AssertionRefusal = CeremonyRefusal | 'backup_eligibility' | 'signature'

export type VerifiedAssertion =
  | { readonly outcome: 'verified'; readonly authenticatorData: AuthenticatorData }
  | { readonly outcome: 'refused'; readonly reason: AssertionRefusal }

const refused = (reason: AssertionRefusal): VerifiedAssertion => ({ outcome: 'refused', reason })

export const verifyAssertion = (
  { clientData, authenticatorData: raw, signature }: AssertionResponse,
  passkey: { readonly publicKey: Buffer; readonly isBackupEligible: boolean },
  expected: Expectations,
): VerifiedAssertion => {
  const clientRefusal = checkClientData(clientData, 'webauthn.get', expected)
  if (clientRefusal !== undefined) return refused(clientRefusal)
  const authenticatorData = parseAuthenticatorData(raw)
  if (authenticatorData === undefined) return refused('malformed')
  const authenticatorRefusal = checkAuthenticatorData(authenticatorData, expected)
  if (authenticatorRefusal !== undefined) return refused(authenticatorRefusal)
  // Step 19: it is a property of the passkey, for life.
  if (authenticatorData.isBackupEligible !== passkey.isBackupEligible) return refused('backup_eligibility')
  // Steps 20 and 21
  const hash = createHash('sha256').update(clientData.raw).digest()
  const key = parseCoseKey(passkey.publicKey)
  if (key === undefined || !key.verify(Buffer.concat([raw, hash]), signature)) return refused('signature')
  return { outcome: 'verified', authenticatorData }
}
