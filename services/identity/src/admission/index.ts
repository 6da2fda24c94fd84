/**
 * What stands between somebody who has proven who they are and a session: one rule a file, asked in this order. It does
 * not matter how they proved it; there is no way in beside these.
 */
import type { SessionStart } from '../domain/sign-in.ts'
import { refuseDisabled } from './refuse-disabled.ts'

/** Why there is no session (yet). */
export type Refusal = Exclude<Awaited<ReturnType<typeof refuseDisabled>>, undefined>

export type AdmissionRule = (start: SessionStart) => Promise<Refusal | undefined>

export const createAdmissionRules = (): readonly AdmissionRule[] => [refuseDisabled]
