/**
 * Who has a second factor must prove one, whatever the first was; who must have one and has none sets one up first. What
 * is proven so far is kept as a challenge, and whoever answers it comes in by the same way. @see ASVS 5.0 6.4.3
 */
import type { ChallengeHash } from '../domain/ids.ts'
import { methodsAfter, type SecondFactorMethod } from '../domain/second-factor.ts'
import type { SessionStart } from '../domain/sign-in.ts'
import {
  type ChallengeAudience,
  type ChallengePurpose,
  challengeTtlSeconds,
  hashChallenge,
  type SignInChallenge,
} from '../domain/sign-in-challenge.ts'
import type { Standing } from '../domain/standing.ts'

export interface DemandSecondFactorDeps {
  readonly challenges: {
    begin(
      hash: ChallengeHash,
      challenge: SignInChallenge,
      life: { readonly at: Date; readonly expiresAt: Date },
    ): Promise<void>
  }
  readonly audience: ChallengeAudience
  /** 256 random bits as text. */
  readonly createToken: () => string
  readonly now: () => Date
}

export type SecondFactorDemand =
  | {
      readonly outcome: 'second_factor_required'
      /** For who has proven the first factor, alone. */
      readonly rawChallenge: string
      readonly methods: readonly SecondFactorMethod[]
    }
  | { readonly outcome: 'enrolment_required'; readonly rawChallenge: string }

export const createDemandSecondFactor = (deps: DemandSecondFactorDeps) => {
  const { challenges, audience, createToken, now } = deps

  const begin = async (start: SessionStart, purpose: ChallengePurpose): Promise<string> => {
    const rawChallenge = createToken()
    const { user, origin, methods, rememberMe, credentialVersion } = start
    const at = now()
    await challenges.begin(
      hashChallenge(rawChallenge),
      { userId: user.id, audience, purpose, methods, device: origin.device, rememberMe, credentialVersion },
      { at, expiresAt: new Date(at.getTime() + challengeTtlSeconds * 1_000) },
    )
    return rawChallenge
  }

  return async (
    start: SessionStart,
    { secondFactors, demandsSecondFactor }: Pick<Standing, 'secondFactors' | 'demandsSecondFactor'>,
  ): Promise<SecondFactorDemand | undefined> => {
    if (start.methods.includes('mfa')) return undefined
    const { methods, isRemembered } = secondFactors
    if (methods.length === 0)
      return demandsSecondFactor
        ? { outcome: 'enrolment_required', rawChallenge: await begin(start, 'enrol') }
        : undefined
    if (isRemembered && !demandsSecondFactor) return undefined
    return {
      outcome: 'second_factor_required',
      rawChallenge: await begin(start, 'verify'),
      methods: methodsAfter(start.methods, methods),
    }
  }
}
