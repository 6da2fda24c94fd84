/** Sign-in with a passkey and nothing else: it says who it is, and has recognized its user. */
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { Origin } from '../domain/sign-in.ts'
import type { Account } from '../domain/user.ts'
import type { Admission, AdmitUser } from './admit-user.ts'
import type { PasskeyAssertion, PasskeyProofOutcome, ProvePasskey } from './prove-passkey.ts'

export interface SignInWithPasskeyDeps<Given> {
  readonly provePasskey: ProvePasskey
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly admitUser: AdmitUser<Given>
}

export interface PasskeySignIn {
  readonly assertion: PasskeyAssertion
  /** What the challenge was given to; '' for a program. */
  readonly boundTo: string
  readonly rememberMe: boolean
  readonly origin: Origin
}

export type PasskeySignInOutcome<Given> =
  | Exclude<Admission<Given>, { outcome: 'outdated' }>
  | Extract<PasskeyProofOutcome, { outcome: 'refused' }>

/** @throws what the stores and services failed with */
export type SignInWithPasskey<Given> = (signIn: PasskeySignIn) => Promise<PasskeySignInOutcome<Given>>

export const createSignInWithPasskey =
  <Given>(deps: SignInWithPasskeyDeps<Given>): SignInWithPasskey<Given> =>
  async ({ assertion, boundTo, rememberMe, origin }) => {
    const { provePasskey, credentials, admitUser } = deps
    const proof = await provePasskey({ assertion, purpose: 'sign_in', boundTo, needsUserVerification: true })
    if (proof.outcome === 'refused') return proof
    const account = await credentials.findByUser(proof.userId, origin.device)
    if (account === undefined) return { outcome: 'refused' }
    const admission = await admitUser({
      user: account.user,
      origin,
      deviceKnown: account.deviceKnown,
      rememberMe,
      // Of the proof, not of the account as it is by now.
      credentialVersion: proof.credentialVersion,
      methods: proof.methods,
      authenticatedAt: proof.at,
    })
    return admission.outcome === 'outdated' ? { outcome: 'refused' } : admission
  }
