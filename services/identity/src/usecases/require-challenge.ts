/**
 * Where much guessing comes from, people show that they are no program before anything else is done for them. Everywhere
 * else nobody is asked.
 */
import { isChallengeDue, type Place, type Pressure } from '../domain/sign-in-pressure.ts'
import { placeOf } from './watch-sign-ins.ts'

export interface RequireChallengeDeps {
  readonly pressure: { read(place: Place): Promise<Pressure> }
  /** @throws ChallengeUnavailable */
  readonly verifyChallenge: (token: string, ipAddress: string) => Promise<boolean>
  readonly afterFailures: number
  readonly allowlist: Parameters<typeof placeOf>[1]
  readonly observe: (outcome: ChallengeVerdict) => void
}

export type ChallengeVerdict = 'not_due' | 'passed' | 'required' | 'failed'

export const createRequireChallenge = (deps: RequireChallengeDeps) => {
  const isDue = async (ipAddress: string): Promise<boolean> => {
    const place = placeOf(ipAddress, deps.allowlist)
    return place !== undefined && isChallengeDue(await deps.pressure.read(place), deps.afterFailures)
  }

  return {
    /** Whether who comes from there is asked: for a form, before it is sent. */
    isDue,

    /** @throws ChallengeUnavailable */
    require: async (ipAddress: string, token: string | undefined): Promise<ChallengeVerdict> => {
      if (!(await isDue(ipAddress))) return 'not_due'
      const passed = token !== undefined && (await deps.verifyChallenge(token, ipAddress))
      const outcome = passed ? 'passed' : token === undefined ? 'required' : 'failed'
      deps.observe(outcome)
      return outcome
    },
  }
}

export type RequireChallenge = ReturnType<typeof createRequireChallenge>
