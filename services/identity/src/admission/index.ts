/**
 * What stands between somebody who has proven who they are and a session: one rule a file, asked in this order. It does
 * not matter how they proved it; there is no way in beside these.
 */
import type { SessionStart } from '../domain/sign-in.ts'
import { refuseDisabled } from './refuse-disabled.ts'
import {
  createRefuseSuspendedPassword,
  type RefuseSuspendedPasswordDeps,
} from './refuse-suspended-password.ts'

type RefusalOf<Rule extends (...start: never) => Promise<unknown>> = Exclude<
  Awaited<ReturnType<Rule>>,
  undefined
>

/** Why there is no session (yet). */
export type Refusal =
  | RefusalOf<typeof refuseDisabled>
  | RefusalOf<ReturnType<typeof createRefuseSuspendedPassword>>

export type AdmissionRule = (start: SessionStart) => Promise<Refusal | undefined>

export const createAdmissionRules = (deps: RefuseSuspendedPasswordDeps): readonly AdmissionRule[] => [
  refuseDisabled,
  createRefuseSuspendedPassword(deps),
]
