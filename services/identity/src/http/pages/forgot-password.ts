/** `/forgot-password`: asks for the mail with the link. The same answer for every address (ASVS 6.3.8). */
import { type Route, readForm, readQuery, requestIp } from '@latchkey/runtime/http'
import { alert, buttons, field, form, type Html, html, paragraph, type Ui, ways } from '@latchkey/ui'
import { z } from 'zod'
import { type EmailKey, emailKeyOf, parseEmailAddress } from '../../domain/email-address.ts'
import { type Entrance, entranceFields, entranceQuery, type Visit } from './entrance.ts'
import { formText, pageSide } from './form-fields.ts'
import { type FormHumanCheck, type FormHumanChecks, humanCheckFields } from './form-human-check.ts'
import { humanCheckAlert, humanCheckWidget } from './human-check-elements.ts'
import { sentencesOf } from './words.ts'

export interface ForgotPasswordPageDeps {
  readonly ui: Ui
  readonly entrance: Entrance
  readonly formHumanChecks: FormHumanChecks
  readonly requestReset: (emailKey: EmailKey, locale: string, askedFrom: string) => Promise<void>
}

const path = '/forgot-password'

const query = entranceQuery.extend({ sent: pageSide() })
const fields = z.object({ ...entranceFields, ...humanCheckFields, email: formText() })

interface ForgotForm {
  readonly email: string
  readonly errors?: readonly string[]
  readonly humanCheck: FormHumanCheck | undefined
}

export const createForgotPasswordPage = ({
  ui,
  entrance,
  formHumanChecks,
  requestReset,
}: ForgotPasswordPageDeps): readonly Route[] => {
  const back = (visit: Visit): Html =>
    ways([{ href: entrance.loginLink(visit), label: visit.words.forgot.login }])

  const formPage = (visit: Visit, { email, errors = [], humanCheck }: ForgotForm, status = 200) => {
    const { locale, words, hidden, formAction } = visit
    const content = html`${field({
      name: 'email',
      label: words.email,
      type: 'email',
      autocomplete: 'username',
      value: email,
      errors,
      autofocus: true,
    })}${humanCheckWidget(words, humanCheck)}${buttons({ label: words.forgot.submit })}`
    return {
      locale,
      title: words.forgot.heading,
      formAction,
      status,
      widget: humanCheck?.widget,
      body: html`${paragraph(words.forgot.text)}${humanCheckAlert(words, humanCheck)}${errors.length > 0 && alert({ text: words.check })}${form({ action: ui.link(path), hidden, content })}${back(visit)}`,
    }
  }

  const sentPage = (visit: Visit) => {
    const { locale, words } = visit
    const { sentHeading, sent, sentAdvice } = words.forgot
    const body = html`${paragraph(sent)}${paragraph(sentAdvice)}${back(visit)}`
    return { locale, title: sentHeading, body }
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const { flow, sent } = readQuery(req, query)
        const visit = await entrance.open(req, res, path, flow)
        if (sent !== undefined) return ui.sendPage(res, sentPage(visit))
        const humanCheck = await formHumanChecks.open(req)
        ui.sendPage(res, formPage(visit, { email: visit.flow?.loginHint ?? '', humanCheck }))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { email, ...sent } = await readForm(req, fields)
        const visit = await entrance.receive(req, path, sent)
        const received = await formHumanChecks.receive(req, res, sent, (humanCheck, status) =>
          formPage(visit, { email, humanCheck }, status),
        )
        if (received.outcome === 'sent_back') return
        const address = parseEmailAddress(email)
        if (address.outcome === 'refused') {
          const errors = sentencesOf(visit.words, address.violations)
          return ui.sendPage(res, formPage(visit, { email, errors, humanCheck: received.humanCheck }, 400))
        }
        // The mail speaks the language of the page.
        await requestReset(emailKeyOf(address.value), visit.locale, requestIp(req))
        res.redirect(303, ui.link(path, { sent: '1', flow: visit.handle }))
      },
    },
  ]
}
