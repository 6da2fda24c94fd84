/**
 * What stands between somebody who has proven who they are and a session: one rule a file, asked in this order. It does
 * not matter how they proved it; there is no way in beside these.
 */
import type { SessionStart } from '../domain/sign-in.ts'
import type { Standing } from '../domain/standing.ts'
import { createDemandSecondFactor, type DemandSecondFactorDeps } from './demand-second-factor.ts'
import { refuseDisabled } from './refuse-disabled.ts'
import {
  createRefuseSuspendedPassword,
  type RefuseSuspendedPasswordDeps,
} from './refuse-suspended-password.ts'
import { createRequireVerifiedAddress, type RequireVerifiedAddressDeps } from './require-verified-address.ts'

type RefusalOf<Rule extends (...start: never) => Promise<unknown>> = Exclude<
  Awaited<ReturnType<Rule>>,
  undefined
>

/** Why there is no session (yet). */
export type Refusal =
  | RefusalOf<typeof refuseDisabled>
  | RefusalOf<ReturnType<typeof createRefuseSuspendedPassword>>
  | RefusalOf<ReturnType<typeof createRequireVerifiedAddress>>
  | RefusalOf<ReturnType<typeof createDemandSecondFactor>>

export type AdmissionRule = (start: SessionStart, standing: Standing) => Promise<Refusal | undefined>

export type AdmissionRulesDeps = RefuseSuspendedPasswordDeps &
  RequireVerifiedAddressDeps &
  DemandSecondFactorDeps

export const createAdmissionRules = (deps: AdmissionRulesDeps): readonly AdmissionRule[] => [
  refuseDisabled,
  createRefuseSuspendedPassword(deps),
  createRequireVerifiedAddress(deps),
  // Last: who would be refused anyway proves no second factor for nothing.
  createDemandSecondFactor(deps),
]
