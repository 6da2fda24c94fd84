/** Sends a browser on: to the client, to the page that asks its user, or back into the flow. */
import type { Handler } from '@latchkey/runtime/http'
import { unavailable } from '@latchkey/runtime/problem'
import type { Ui } from '@latchkey/ui'
import type { AuthorizeResult } from '../usecases/authorize.ts'
import { sendAuthorizationResponse } from './send-authorization-response.ts'

/** Identity's, and ours. */
const pages = {
  sign_in: '/login',
  step_up: '/mfa/step-up',
  organization: '/oauth/organization',
  consent: '/oauth/consent',
  device: '/oauth/device',
} as const

/** @throws Problem 503 where nobody can say whether the session lives */
export const createSendStep =
  (ui: Pick<Ui, 'link' | 'localeOf'>) =>
  (...[req, res, result]: [...Parameters<Handler>, AuthorizeResult]): void => {
    switch (result.outcome) {
      case 'respond':
        sendAuthorizationResponse(res, result.response, ui.localeOf(req))
        return
      case 'undecided':
        throw unavailable('Sessions can’t be checked at the moment', 2)
      default:
        res.redirect(303, ui.link(pages[result.outcome], { flow: result.handle }))
    }
  }

export type SendStep = ReturnType<typeof createSendStep>
