/**
 * Where much guessing comes from, people show that they are no program before anything else is done for them. Everywhere
 * else nobody is asked.
 */
import { isHumanCheckDue, type Place, type Pressure } from '../domain/sign-in-pressure.ts'
import { placeOf } from './watch-sign-ins.ts'

export interface RequireHumanCheckDeps {
  readonly pressure: { read(place: Place): Promise<Pressure> }
  /** @throws HumanCheckUnavailable */
  readonly verifyHumanCheck: (token: string, ipAddress: string) => Promise<boolean>
  readonly afterFailures: number
  readonly allowlist: Parameters<typeof placeOf>[1]
  readonly observe: (outcome: HumanCheckVerdict) => void
}

export type HumanCheckVerdict = 'not_due' | 'passed' | 'required' | 'failed'

export const createRequireHumanCheck = (deps: RequireHumanCheckDeps) => {
  const isDue = async (ipAddress: string): Promise<boolean> => {
    const place = placeOf(ipAddress, deps.allowlist)
    return place !== undefined && isHumanCheckDue(await deps.pressure.read(place), deps.afterFailures)
  }

  return {
    /** Whether who comes from there is asked: for a form, before it is sent. */
    isDue,

    /** @throws HumanCheckUnavailable */
    require: async (ipAddress: string, token: string | undefined): Promise<HumanCheckVerdict> => {
      if (!(await isDue(ipAddress))) return 'not_due'
      const passed = token !== undefined && (await deps.verifyHumanCheck(token, ipAddress))
      const outcome = passed ? 'passed' : token === undefined ? 'required' : 'failed'
      deps.observe(outcome)
      return outcome
    },
  }
}

export type RequireHumanCheck = ReturnType<typeof createRequireHumanCheck>
