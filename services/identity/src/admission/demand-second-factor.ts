/**
 * Who has a second factor must prove one, whatever the first was; who must have one and has none sets one up first. What
 * is proven so far is kept as a challenge, and whoever answers it comes in by the same way. @see ASVS 5.0 6.4.3
 */
import { methodsAfter, type SecondFactorMethod } from '../domain/second-factor.ts'
import type { SessionStart } from '../domain/sign-in.ts'
import type { ChallengePurpose, SignInChallenge } from '../domain/sign-in-challenge.ts'
import type { Standing } from '../domain/standing.ts'

export interface DemandSecondFactorDeps {
  /** Gives the raw challenge. */
  readonly beginChallenge: (challenge: Omit<SignInChallenge, 'audience'>) => Promise<string>
}

export type SecondFactorDemand =
  | {
      readonly outcome: 'second_factor_required'
      /** For who has proven the first factor, alone. */
      readonly rawChallenge: string
      readonly methods: readonly SecondFactorMethod[]
    }
  | { readonly outcome: 'enrolment_required'; readonly rawChallenge: string }

export const createDemandSecondFactor = ({ beginChallenge }: DemandSecondFactorDeps) => {
  const begin = (start: SessionStart, purpose: ChallengePurpose): Promise<string> => {
    const { user, origin, methods, rememberMe, credentialVersion } = start
    const { device } = origin
    return beginChallenge({ userId: user.id, purpose, methods, device, rememberMe, credentialVersion })
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
