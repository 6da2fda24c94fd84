/**
 * The reader of a mail signs in with its link or its code. A code counts for the request it was sent for alone, and a look
 * at it in the account's one budget, for unknown addresses too. What comes after is as after any other proof.
 */
import type { EmailKey } from '../domain/email-address.ts'
import {
  type HashCode,
  hashProofToken,
  type LiveProof,
  type LiveProofs,
  normalizeCode,
  type PresentedCode,
} from '../domain/email-proof.ts'
import type { DeviceHash, EmailProofId, UserId } from '../domain/ids.ts'
import type { Origin } from '../domain/sign-in.ts'
import type { Account } from '../domain/user.ts'
import type { Admission, AdmitUser } from './admit-user.ts'
import type { AttemptOutcome, AttemptSecret } from './attempt-secret.ts'

export interface SignInByEmailDeps<Given> {
  readonly proofs: LiveProofs
  readonly emailSignIns: {
    /** Something for exactly one of any number of calls with the same proof. */
    use(
      proof: { readonly id: EmailProofId; readonly userId: UserId },
      device: DeviceHash,
      at: Date,
    ): Promise<{ readonly credentialVersion: number } | undefined>
  }
  readonly credentials: {
    findByEmail(emailKey: EmailKey, device: DeviceHash): Promise<Account | undefined>
    findByUser(id: UserId, device: DeviceHash): Promise<Account | undefined>
  }
  readonly attemptSecret: AttemptSecret
  readonly hashCode: HashCode
  readonly admitUser: AdmitUser<Given>
  readonly now: () => Date
}

interface SignIn {
  readonly rememberMe: boolean
  readonly origin: Origin
}

/** Whose a proof was, and what a sign-in by it rests on: not on what has changed since. */
interface UsedProof {
  readonly userId: UserId
  readonly credentialVersion: number
}

export interface SignInByCode extends SignIn {
  readonly emailKey: EmailKey
  readonly code: string
  /** The request of a page; undefined for a program. */
  readonly request: PresentedCode['request']
}

export type EmailSignInOutcome<Given> =
  | Exclude<Admission<Given>, { outcome: 'outdated' }>
  | { readonly outcome: 'invalid' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

const purposes = ['sign_in'] as const

export const createSignInByEmail = <Given>(deps: SignInByEmailDeps<Given>) => {
  const { proofs, emailSignIns, credentials, attemptSecret, hashCode, admitUser, now } = deps

  /** Undefined for a proof that does not hold, or not any more. */
  const use = async (proof: LiveProof | undefined, device: DeviceHash): Promise<UsedProof | undefined> => {
    if (proof?.userId === undefined) return undefined
    const { id, userId } = proof
    const used = await emailSignIns.use({ id, userId }, device, now())
    return used && { userId, ...used }
  }

  const admit = async (
    used: UsedProof | undefined,
    { origin, rememberMe }: SignIn,
  ): Promise<EmailSignInOutcome<Given>> => {
    if (used === undefined) return { outcome: 'invalid' }
    const account = await credentials.findByUser(used.userId, origin.device)
    if (account === undefined) return { outcome: 'invalid' }
    const { user, deviceKnown } = account
    const admission = await admitUser({
      user,
      origin,
      deviceKnown,
      rememberMe,
      credentialVersion: used.credentialVersion,
      methods: ['otp'],
      authenticatedAt: now(),
    })
    return admission.outcome === 'outdated' ? { outcome: 'invalid' } : admission
  }

  return {
    byLink: async (rawToken: string, signIn: SignIn): Promise<EmailSignInOutcome<Given>> =>
      admit(
        await use(await proofs.findByToken(purposes, hashProofToken(rawToken), now()), signIn.origin.device),
        signIn,
      ),

    /** @throws Overloaded */
    byCode: async ({
      emailKey,
      code,
      request,
      ...signIn
    }: SignInByCode): Promise<EmailSignInOutcome<Given>> => {
      const { device } = signIn.origin
      const account = await credentials.findByEmail(emailKey, device)
      const knownDevice = account?.deviceKnown === true ? device : undefined
      const codeHash = hashCode('sign_in', emailKey, normalizeCode(code))
      let used: UsedProof | undefined
      const attempt = await attemptSecret({
        budget: { emailKey, knownDevice },
        verify: async () => {
          used = await use(await proofs.findByCode({ purposes, emailKey, codeHash, request }, now()), device)
          return used !== undefined
        },
      })
      return attempt.outcome === 'locked' ? attempt : admit(used, signIn)
    },
  }
}

export type SignInByEmail<Given> = ReturnType<typeof createSignInByEmail<Given>>
