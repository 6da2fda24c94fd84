/**
 * `/login/email`: asks for a mail to sign in with (EMAIL_SIGN_IN), for the browser that asks. The same answer for every
 * address (ASVS 6.3.8).
 */
import { type Route, readForm, readQuery, requestIp } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { emailKeyOf, parseEmailAddress } from '../../domain/email-address.ts'
import type { EmailSignInMode } from '../../domain/email-sign-in.ts'
import type { RequestEmailSignIn } from '../../usecases/request-email-sign-in.ts'
import { browserHashOf } from './browser-hash.ts'
import { confirmPath, createEmailSignInForms, askPath as path } from './email-sign-in-form.ts'
import { type Entrance, entranceFields, entranceQuery } from './entrance.ts'
import { formText } from './form-fields.ts'
import { type FormHumanChecks, humanCheckFields } from './form-human-check.ts'
import { sentencesOf } from './words.ts'

export interface EmailSignInPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly formHumanChecks: FormHumanChecks
  readonly emailSignInMode: EmailSignInMode
  readonly requestEmailSignIn: RequestEmailSignIn
}

const fields = z.object({ ...entranceFields, ...humanCheckFields, email: formText() })

export const createEmailSignInPage = (deps: EmailSignInPageDeps): readonly Route[] => {
  const { ui, browser, entrance, formHumanChecks, emailSignInMode: mode } = deps
  if (mode === 'off') return []
  const forms = createEmailSignInForms(ui, entrance, mode)

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const visit = await entrance.open(req, res, path, readQuery(req, entranceQuery).flow)
        const humanCheck = await formHumanChecks.open(req)
        ui.sendPage(res, forms.ask(visit, { email: visit.flow?.loginHint ?? '', humanCheck }))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { email, ...form } = await readForm(req, fields)
        const visit = await entrance.receive(req, path, form)
        const received = await formHumanChecks.receive(req, res, form, (humanCheck, status) =>
          forms.ask(visit, { email, humanCheck }, status),
        )
        if (received.outcome === 'sent_back') return
        const address = parseEmailAddress(email)
        if (address.outcome === 'refused') {
          const errors = sentencesOf(visit.words, address.violations)
          return ui.sendPage(res, forms.ask(visit, { email, errors, humanCheck: received.humanCheck }, 400))
        }
        const id = await deps.requestEmailSignIn({
          emailKey: emailKeyOf(address.value),
          browserHash: browserHashOf(browser, req),
          locale: visit.locale,
          askedFrom: requestIp(req),
          flow: visit.handle,
        })
        res.redirect(303, ui.link(confirmPath, { request: id, flow: visit.handle }))
      },
    },
  ]
}
