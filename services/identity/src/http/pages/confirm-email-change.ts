/**
 * `/confirm-email-change`: where the links of both mails of a change of address lead: a yes or a no. Opening it changes
 * nothing; the token is all the proof that its form needs.
 */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import { buttons, done, form, html, type Locale, paragraph, type Ui, ways } from '@latchkey/ui'
import { z } from 'zod'
import type { ConfirmEmailChange } from '../../usecases/confirm-email-change.ts'
import { formText, linkToken } from './form-fields.ts'
import { wordsOf } from './words.ts'

export interface ConfirmEmailChangePageDeps {
  readonly ui: Ui
  readonly emailChange: ConfirmEmailChange
}

const path = '/confirm-email-change'

const token = linkToken()
const outcomes = ['waiting', 'changed', 'refused'] as const

const query = z.object({ token, done: z.enum(outcomes).optional() })
const fields = z.object({ token, decision: formText() })

export const createConfirmEmailChangePage = ({
  ui,
  emailChange,
}: ConfirmEmailChangePageDeps): readonly Route[] => {
  const askPage = (locale: Locale, rawToken: string) => {
    const { change } = wordsOf(locale)
    const content = buttons(
      { label: change.allow, sends: { name: 'decision', value: 'allow' } },
      { label: change.deny, sends: { name: 'decision', value: 'deny' }, other: true },
    )
    const body = html`${paragraph(change.text)}${form({ action: ui.link(path), hidden: { token: rawToken }, content })}`
    return { locale, title: change.heading, body }
  }

  const deadPage = (locale: Locale, text: string, status: number) => {
    const { change } = wordsOf(locale)
    const body = html`${paragraph(text)}${ways([{ href: ui.link('/account/email'), label: change.account }])}`
    return { locale, title: change.deadHeading, status, body }
  }

  const donePage = (locale: Locale, outcome: (typeof outcomes)[number]) => {
    const { change } = wordsOf(locale)
    const body = html`${done(change[outcome])}${ways([{ href: ui.link('/account/email'), label: change.account }])}`
    return { locale, title: change.doneHeading, body }
  }

  return [
    {
      method: 'GET',
      path,
      handler: (req, res) => {
        const asked = readQuery(req, query)
        const locale = ui.localeOf(req)
        if (asked.done !== undefined) return ui.sendPage(res, donePage(locale, asked.done))
        const { dead } = wordsOf(locale).change
        ui.sendPage(res, asked.token === '' ? deadPage(locale, dead, 400) : askPage(locale, asked.token))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { token: rawToken, decision } = await readForm(req, fields)
        const locale = ui.localeOf(req)
        const { change, register } = wordsOf(locale)
        if (decision === 'deny') {
          if (await emailChange.refuse(rawToken)) return res.redirect(303, ui.link(path, { done: 'refused' }))
          return ui.sendPage(res, deadPage(locale, change.dead, 400))
        }
        const { outcome } = await emailChange.byLink(rawToken)
        if (outcome === 'taken') return ui.sendPage(res, deadPage(locale, register.emailExists, 409))
        if (outcome === 'waiting' || outcome === 'changed')
          return res.redirect(303, ui.link(path, { done: outcome }))
        ui.sendPage(res, deadPage(locale, change.dead, 400))
      },
    },
  ]
}
