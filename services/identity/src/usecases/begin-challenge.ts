/** Keeps what is proven of a sign-in until its second factor is: under a name that only who began it is told. */
import { randomToken } from '@latchkey/runtime/crypto'
import type { ChallengeHash } from '../domain/ids.ts'
import {
  type ChallengeAudience,
  challengeTtlSeconds,
  hashChallenge,
  type SignInChallenge,
} from '../domain/sign-in-challenge.ts'

export interface BeginChallengeDeps {
  readonly challenges: {
    begin(
      hash: ChallengeHash,
      challenge: SignInChallenge,
      life: { readonly at: Date; readonly expiresAt: Date },
    ): Promise<void>
  }
  readonly audience: ChallengeAudience
  readonly now: () => Date
}

export const createBeginChallenge =
  ({ challenges, audience, now }: BeginChallengeDeps) =>
  /** Gives the raw challenge. */
  async (challenge: Omit<SignInChallenge, 'audience'>): Promise<string> => {
    const rawChallenge = randomToken()
    const at = now()
    const life = { at, expiresAt: new Date(at.getTime() + challengeTtlSeconds * 1_000) }
    await challenges.begin(hashChallenge(rawChallenge), { ...challenge, audience }, life)
    return rawChallenge
  }

export type BeginChallenge = ReturnType<typeof createBeginChallenge>
