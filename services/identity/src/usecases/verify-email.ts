/**
 * Somebody shows that they read an address: by the link of a mail, or by its code. A code can be guessed, so a look at it
 * counts in the account's one budget, for unknown addresses too.
 */
import type { EmailKey } from '../domain/email-address.ts'
import {
  type HashCode,
  hashProofToken,
  type LiveProof,
  type LiveProofs,
  normalizeCode,
} from '../domain/email-proof.ts'
import type { DeviceHash, EmailProofId, UserId } from '../domain/ids.ts'
import type { Account } from '../domain/user.ts'
import type { AttemptOutcome, AttemptSecret } from './attempt-secret.ts'

export interface VerifyEmailDeps {
  readonly proofs: LiveProofs
  readonly verifications: {
    /** True for exactly one of any number of calls with the same proof. */
    verify(proof: { readonly id: EmailProofId; readonly userId: UserId }, at: Date): Promise<boolean>
  }
  readonly registrations: {
    /** Makes the account that waits for the proof. */
    complete(id: EmailProofId, at: Date): Promise<boolean>
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

const purposes = ['verification', 'registration'] as const

export const createVerifyEmail = (deps: VerifyEmailDeps) => {
  const { proofs, verifications, registrations, credentials, attemptSecret, hashCode, now } = deps

  const verify = async (proof: LiveProof | undefined): Promise<boolean> => {
    if (proof === undefined) return false
    const { id, userId, purpose } = proof
    if (purpose === 'registration') return registrations.complete(id, now())
    return userId !== undefined && verifications.verify({ id, userId }, now())
  }

  return {
    byLink: async (rawToken: string): Promise<VerifyEmailOutcome> => {
      const proof = await proofs.findByToken(purposes, hashProofToken(rawToken), now())
      return { outcome: (await verify(proof)) ? 'verified' : 'invalid' }
    },

    /** @throws Overloaded */
    byCode: async ({ emailKey, code, device }: TypedCode): Promise<VerifyEmailOutcome> => {
      const account = await credentials.findByEmail(emailKey, device)
      const knownDevice = account?.deviceKnown === true ? device : undefined
      const codeHash = hashCode('verification', emailKey, normalizeCode(code))
      const attempt = await attemptSecret({
        budget: { emailKey, knownDevice },
        verify: async () =>
          verify(await proofs.findByCode({ purposes, emailKey, codeHash, request: undefined }, now())),
      })
      if (attempt.outcome === 'locked') return attempt
      return { outcome: attempt.outcome === 'right' ? 'verified' : 'invalid' }
    },
  }
}

export type VerifyEmail = ReturnType<typeof createVerifyEmail>
