/**
 * `/reset-password`: where the link of a reset mail leads. Opening it changes nothing, so a mail scanner burns no link;
 * the token goes no further than back to us. The form needs no other proof of where it comes from: who has no token of
 * somebody's mail can only change the password of an account that they have anyway.
 */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import { alert, buttons, done, field, form, html, type Locale, paragraph, type Ui, ways } from '@latchkey/ui'
import { z } from 'zod'
import type { PasswordPolicyName } from '../../domain/password-policy.ts'
import type { Violation } from '../../domain/violation.ts'
import type { ConfirmPasswordReset } from '../../usecases/confirm-password-reset.ts'
import type { Schemas } from '../schemas.ts'
import { linkToken, pageSide } from './form-fields.ts'
import { sentencesOf, wordsOf } from './words.ts'

export interface ResetPasswordPageDeps {
  readonly ui: Ui
  readonly schemas: Schemas
  readonly confirmReset: ConfirmPasswordReset
  readonly policyName: PasswordPolicyName
}

const path = '/reset-password'

const query = z.object({ token: linkToken(), done: pageSide() })

export const createResetPasswordPage = (deps: ResetPasswordPageDeps): readonly Route[] => {
  const { ui, schemas, confirmReset } = deps

  const formPage = (locale: Locale, token: string, violations: readonly Violation[] = []) => {
    const words = wordsOf(locale)
    const { reset, newPassword, passwordHint } = words
    const isRefused = violations.length > 0
    const items = sentencesOf(words, violations)
    const content = html`${field({
      name: 'new_password',
      label: newPassword,
      type: 'password',
      autocomplete: 'new-password',
      hint: passwordHint[deps.policyName],
      describedBy: isRefused ? 'problem' : undefined,
      autofocus: true,
    })}${buttons({ label: reset.submit })}`
    return {
      locale,
      title: reset.heading,
      status: isRefused ? 400 : 200,
      body: html`${isRefused && alert({ id: 'problem', text: reset.refused, items })}${form({ action: ui.link(path), hidden: { token }, content })}`,
    }
  }

  const deadLinkPage = (locale: Locale) => {
    const { deadHeading, dead, again } = wordsOf(locale).reset
    const body = html`${paragraph(dead)}${ways([{ href: ui.link('/forgot-password'), label: again }])}`
    return { locale, title: deadHeading, status: 400, body }
  }

  const donePage = (locale: Locale) => {
    const { reset } = wordsOf(locale)
    const body = html`${done(reset.done)}${ways([{ href: ui.link('/login'), label: reset.login }])}`
    return { locale, title: reset.doneHeading, body }
  }

  return [
    {
      method: 'GET',
      path,
      handler: (req, res) => {
        const { token, done } = readQuery(req, query)
        const locale = ui.localeOf(req)
        if (done !== undefined) return ui.sendPage(res, donePage(locale))
        ui.sendPage(res, token === '' ? deadLinkPage(locale) : formPage(locale, token))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { token, new_password } = await readForm(req, schemas.resetForm)
        const locale = ui.localeOf(req)
        const result = await confirmReset({ rawToken: token, newPassword: new_password })
        if (result.outcome === 'invalid_token') return ui.sendPage(res, deadLinkPage(locale))
        if (result.outcome === 'password_refused')
          return ui.sendPage(res, formPage(locale, token, result.violations))
        // See Other, so that reloading the next page posts nothing again. @see RFC 9110 §15.4.4
        res.redirect(303, ui.link(path, { done: '1' }))
      },
    },
  ]
}
