/**
 * Somebody shows that they read an address: by the link of a mail, or by its code. A code can be guessed, so a look at it
 * counts in the account's one budget, for unknown addresses too.
 */
import type { EmailKey } from '../domain/email-address.ts'
import { type HashCode, hashProofToken, normalizeCode, type PresentedCode } from '../domain/email-proof.ts'
import type { DeviceHash, EmailProofId, ProofTokenHash, UserId } from '../domain/ids.ts'
import type { Account } from '../domain/user.ts'
import type { AttemptOutcome, AttemptSecret } from './attempt-secret.ts'

interface Proof {
  readonly id: EmailProofId
  readonly userId: UserId
}

export interface VerifyEmailDeps {
  readonly proofs: {
    findByToken(purpose: 'verification', tokenHash: ProofTokenHash, at: Date): Promise<Proof | undefined>
    findByCode(presented: PresentedCode, at: Date): Promise<Proof | undefined>
  }
  readonly verifications: {
    /** True for exactly one of any number of calls with the same proof. */
    verify(proof: Proof, at: Date): Promise<boolean>
  }
  readonly credentials: {
    findByEmail(emailKey: EmailKey, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly attemptSecret: AttemptSecret
  readonly hashCode: HashCode
  readonly now: () => Date
}

export type VerifyEmailOutcome =
  | { readonly outcome: 'verified' }
  /** Unknown, used, outdated: nobody is told which. */
  | { readonly outcome: 'invalid' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

export interface TypedCode {
  readonly emailKey: EmailKey
  readonly code: string
  readonly device: DeviceHash | undefined
}

const purpose = 'verification'

export const createVerifyEmail = (deps: VerifyEmailDeps) => {
  const { proofs, verifications, credentials, attemptSecret, hashCode, now } = deps

  const verify = async (proof: Proof | undefined): Promise<boolean> =>
    proof !== undefined && verifications.verify(proof, now())

  return {
    byLink: async (rawToken: string): Promise<VerifyEmailOutcome> => {
      const proof = await proofs.findByToken(purpose, hashProofToken(rawToken), now())
      return { outcome: (await verify(proof)) ? 'verified' : 'invalid' }
    },

    /** @throws Overloaded */
    byCode: async ({ emailKey, code, device }: TypedCode): Promise<VerifyEmailOutcome> => {
      const account = await credentials.findByEmail(emailKey, device)
      const knownDevice = account?.deviceKnown === true ? device : undefined
      const codeHash = hashCode(purpose, emailKey, normalizeCode(code))
      const attempt = await attemptSecret({
        budget: { emailKey, knownDevice },
        verify: async () =>
          verify(await proofs.findByCode({ purpose, emailKey, codeHash, request: undefined }, now())),
      })
      if (attempt.outcome === 'locked') return attempt
      return { outcome: attempt.outcome === 'right' ? 'verified' : 'invalid' }
    },
  }
}

export type VerifyEmail = ReturnType<typeof createVerifyEmail>
