/** What stands between somebody and a session, as the problem that a client gets. */
import type { Problem } from '@latchkey/runtime/problem'
import type { Admission } from '../usecases/admit-user.ts'
import { refusals } from './refusals.ts'

export type Refused = Exclude<Admission<unknown>, { outcome: 'signed_in' | 'outdated' }>

export const admissionRefusal = (refused: Refused): Problem => {
  switch (refused.outcome) {
    case 'disabled':
      return refusals.disabled()
    case 'email_not_verified':
      return refusals.email_not_verified()
    case 'password_reset_required':
      return refusals.password_reset_required()
    case 'second_factor_required':
      return refusals.second_factor_required(refused)
    case 'enrolment_required':
      return refusals.enrolment_required(refused)
  }
}
