/** What `/verify-email` shows: the button of a link, the field for a code, and what became of either. */
import {
  alert,
  buttons,
  done,
  field,
  form as formOf,
  type Html,
  html,
  type Locale,
  paragraph,
  type Ui,
  ways,
} from '@latchkey/ui'
import type { Visit } from './entrance.ts'
import type { FormProblem } from './form-problem.ts'
import { type Words, wordsOf } from './words.ts'

export const verifyEmailPath = '/verify-email'
export const resendPath = '/verify-email/resend'

export interface CodeForm {
  /** The request of this browser; undefined where the page knows the address otherwise, or asks for it. */
  readonly request: string | undefined
  /** What stands in the field of the address; undefined without one. */
  readonly email: string | undefined
  readonly problem?: FormProblem | undefined
}

const addressField = (words: Words, value: string, errors: readonly string[] = []): Html =>
  field({
    name: 'email',
    label: words.email,
    type: 'email',
    autocomplete: 'username',
    value,
    errors,
    autofocus: true,
  })

export const createVerifyEmailForms = (ui: Ui, loginLink: (visit: Visit) => string) => ({
  /** Opening it changes nothing: mail scanners follow links. */
  button: (locale: Locale, token: string) => {
    const { verify } = wordsOf(locale)
    const content = buttons({ label: verify.confirm })
    const body = html`${paragraph(verify.linkText)}${formOf({ action: ui.link(verifyEmailPath), hidden: { token }, content })}`
    return { locale, title: verify.heading, body }
  },

  code: (visit: Visit, { request, email, problem }: CodeForm) => {
    const { locale, words, hidden, formAction } = visit
    const { verify } = words
    const address = email !== undefined && addressField(words, email)
    const content = html`${address}${field({
      name: 'code',
      label: verify.code,
      type: 'text',
      autocomplete: 'one-time-code',
      code: true,
      describedBy: problem === undefined ? undefined : 'problem',
      autofocus: email === undefined,
    })}${buttons({ label: verify.submit })}`
    const again = formOf({
      action: ui.link(resendPath),
      hidden: { ...hidden, request },
      content: buttons({ label: verify.resend, other: true }),
    })
    const elsewhere = [{ href: loginLink(visit), label: verify.login }]
    const resendLink = { href: ui.link(resendPath, { flow: visit.handle }), label: verify.resend }
    const body = html`${paragraph(email === undefined ? verify.sent : verify.codeText)}${
      problem !== undefined && alert({ id: 'problem', text: problem.text })
    }${formOf({ action: ui.link(verifyEmailPath), hidden: { ...hidden, request }, content })}${
      email === undefined ? html`${again}${ways(elsewhere)}` : ways([resendLink, ...elsewhere])
    }`
    return { locale, title: verify.heading, formAction, status: problem?.status ?? 200, body }
  },

  /** Asks where another mail is to go. */
  resend: (visit: Visit, email: string, errors: readonly string[] = []) => {
    const { locale, words, hidden } = visit
    const content = html`${addressField(words, email, errors)}${buttons({ label: words.verify.resend })}`
    const body = html`${paragraph(words.verify.resendText)}${errors.length > 0 && alert({ text: words.check })}${formOf({ action: ui.link(resendPath), hidden, content })}${ways([{ href: loginLink(visit), label: words.verify.login }])}`
    return { locale, title: words.verify.resend, status: errors.length > 0 ? 400 : 200, body }
  },

  dead: (locale: Locale) => {
    const { verify } = wordsOf(locale)
    const body = html`${paragraph(verify.dead)}${ways([{ href: ui.link(resendPath), label: verify.resend }])}`
    return { locale, title: verify.deadHeading, status: 400, body }
  },

  done: (visit: Visit) => {
    const { locale, words } = visit
    const body = html`${done(words.verify.done)}${ways([{ href: loginLink(visit), label: words.verify.goOn }])}`
    return { locale, title: words.verify.doneHeading, body }
  },
})
