/** A passkey that follows on a first factor: of the user whose sign-in waits, and for that sign-in alone. */
import type { ChallengeHash } from '../domain/ids.ts'
import type { ProveSecondFactor } from './complete-challenge.ts'
import type { PasskeyAssertion, ProvePasskey } from './prove-passkey.ts'

export interface ProvePasskeyAsSecondFactorDeps {
  readonly provePasskey: ProvePasskey
}

/** @param challenge of the sign-in that waits: the question was asked for it */
export const createProvePasskeyAsSecondFactor =
  ({ provePasskey }: ProvePasskeyAsSecondFactorDeps) =>
  (assertion: PasskeyAssertion, challenge: ChallengeHash): ProveSecondFactor =>
  async ({ user }) => {
    const proof = await provePasskey({
      assertion,
      purpose: 'second_factor',
      boundTo: challenge,
      needsUserVerification: false,
    })
    return proof.outcome === 'proven' && proof.userId === user.id ? { methods: proof.methods } : undefined
  }

export type ProvePasskeyAsSecondFactor = ReturnType<typeof createProvePasskeyAsSecondFactor>
