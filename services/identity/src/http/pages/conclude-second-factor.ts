/**
 * How a second factor by page ends, of whatever kind it was. A wrong one, and one too many, is said by its own form.
 */
import type { Response } from '@latchkey/runtime/http'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { ChallengeOutcome } from '../../usecases/complete-challenge.ts'
import type { RequestDevice } from '../device.ts'
import type { Entrance, Visit } from './entrance.ts'

export type ConcludedSecondFactor = Exclude<ChallengeOutcome<BrowserSession>, { outcome: 'wrong' | 'locked' }>

export const concludeSecondFactor = (
  entrance: Pick<Entrance, 'letIn' | 'askSecondFactor' | 'loginLink'>,
  { res, visit, device }: { res: Response; visit: Visit; device: Pick<RequestDevice, 'remember'> },
  outcome: ConcludedSecondFactor,
): void => {
  switch (outcome.outcome) {
    case 'signed_in':
      device.remember(res)
      entrance.letIn(res, visit, outcome.given, { rememberMe: outcome.rememberMe })
      break
    // What is asked of a complete sign-in changed in between.
    case 'second_factor_required':
    case 'enrolment_required':
      entrance.askSecondFactor(res, visit, outcome, device)
      break
    default:
      res.redirect(303, entrance.loginLink(visit))
  }
}
