/** GET and POST /oauth/consent: what an application asks of a user, and the answer. @see draft OAuth 2.1 §4.1.2, §7.9 */
import { type Route, readForm, readQuery, requestIp } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { formActionOf } from '../domain/form-action.ts'
import type { AnswerConsent, AskedOfUser } from '../usecases/answer-consent.ts'
import { flowIsOver } from '../usecases/read-flow.ts'
import type { ShowConsent } from '../usecases/show-consent.ts'
import { consentPage } from './pages/consent-page.ts'
import type { SendStep } from './send-step.ts'

export interface ConsentRoutesDeps {
  readonly showConsent: ShowConsent
  readonly answerConsent: AnswerConsent
  readonly browser: BrowserBinding
  readonly ui: Ui
  readonly sendStep: SendStep
}

const handle = z.string().max(128).default('')
const query = z.object({ flow: handle })
const form = z.object({
  flow: handle,
  csrf: z.string().max(128).default(''),
  decision: z.enum(['allow', 'deny'], { error: 'must be allow or deny' }),
})

/**
 * A form is good for one flow, one sign-in, and what it says: a client, which may change itself, and an operator can make
 * more of a stored request than the page has shown.
 */
const purposeOf = (flow: string, { session, organization, ...asked }: AskedOfUser) => {
  const said = [asked.client.name, asked.asked, asked.resources, asked.redirectUri, organization?.id]
  return `consent:${flow}:${session.sessionId}:${JSON.stringify(said)}`
}

export const createConsentRoutes = (deps: ConsentRoutesDeps): readonly Route[] => {
  const { browser, ui } = deps
  return [
    {
      method: 'GET',
      path: '/oauth/consent',
      handler: async (req, res) => {
        const { flow } = readQuery(req, query)
        const rawBrowser = browser.read(req)
        if (rawBrowser === undefined) throw flowIsOver()
        const shown = await deps.showConsent({
          handle: flow,
          rawBrowser,
          rawSession: browser.readSession(req),
        })
        if (shown.outcome === 'resume') {
          res.redirect(303, ui.link('/oauth/resume', { flow }))
          return
        }
        const csrf = browser.csrfToken(purposeOf(flow, shown), rawBrowser)
        const consentForm = {
          action: ui.link('/oauth/consent'),
          csrf,
          handle: flow,
          signInPath: ui.link('/login', { flow }),
        }
        ui.sendPage(res, {
          ...consentPage(shown, consentForm, ui.localeOf(req, shown.uiLocales)),
          formAction: [formActionOf(shown.redirectUri)],
        })
      },
    },
    {
      method: 'POST',
      path: '/oauth/consent',
      handler: async (req, res) => {
        const { flow, csrf, decision } = await readForm(req, form)
        const result = await deps.answerConsent({
          handle: flow,
          rawBrowser: browser.read(req),
          rawSession: browser.readSession(req),
          isAllowed: decision === 'allow',
          verifyForm: asked => void browser.verifyForm(req, purposeOf(flow, asked), csrf),
          ipAddress: requestIp(req),
        })
        if (result.outcome === 'resume') res.redirect(303, ui.link('/oauth/resume', { flow }))
        else deps.sendStep(req, res, result)
      },
    },
  ]
}
