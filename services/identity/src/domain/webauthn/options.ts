/** What browsers are asked, as JSON that they parse themselves. @see WebAuthn Level 3 §5.1.8, §5.1.9, §5.4, §5.5 */
import type { Passkey } from '../passkey.ts'
import type { User } from '../user.ts'
import { coseAlgorithms } from './cose-key.ts'
import type { RelyingParty } from './relying-party.ts'
import { userHandleOf } from './user-handle.ts'

/** As long as a challenge is good for. */
export const ceremonySeconds = 300
const timeout = ceremonySeconds * 1_000

type Described = Pick<Passkey, 'credentialId' | 'transports'>

const descriptorOf = ({ credentialId, transports }: Described) => ({
  type: 'public-key' as const,
  id: credentialId,
  transports,
})

export interface CreationOptionsInit {
  readonly relyingParty: RelyingParty
  readonly challenge: string
  readonly user: User
  /** What the user has already: an authenticator is enrolled once. */
  readonly existing: readonly Described[]
}

export const creationOptions = ({ relyingParty, challenge, user, existing }: CreationOptionsInit) => ({
  rp: { id: relyingParty.id, name: relyingParty.name },
  user: { id: userHandleOf(user.id), name: user.email, displayName: user.name },
  challenge,
  pubKeyCredParams: Object.values(coseAlgorithms).map(alg => ({ type: 'public-key' as const, alg })),
  timeout,
  excludeCredentials: existing.map(descriptorOf),
  // Preferred, not required: a key without room or PIN still is a second factor.
  authenticatorSelection: {
    residentKey: 'preferred' as const,
    requireResidentKey: false,
    userVerification: 'preferred' as const,
  },
  attestation: 'none' as const,
  extensions: { credProps: true },
})

export type CreationOptions = ReturnType<typeof creationOptions>

export interface RequestOptionsInit {
  readonly relyingParty: RelyingParty
  readonly challenge: string
  /** Whose passkeys they are; none where the passkey is to say who it is, which tells nobody who has an account. */
  readonly allowed: readonly Described[]
  readonly userVerification: 'required' | 'preferred'
}

export const requestOptions = ({
  relyingParty,
  challenge,
  allowed,
  userVerification,
}: RequestOptionsInit) => ({
  challenge,
  timeout,
  rpId: relyingParty.id,
  allowCredentials: allowed.map(descriptorOf),
  userVerification,
})

export type RequestOptions = ReturnType<typeof requestOptions>
