/** What `/login/email` shows: where the mail is to go, the field for its code, and the button of its link. */
import {
  alert,
  buttons,
  checkbox,
  field,
  form as formOf,
  type Html,
  html,
  paragraph,
  type Ui,
  ways,
} from '@latchkey/ui'
import { type EmailSignInMode, hasCode } from '../../domain/email-sign-in.ts'
import type { EmailProofId } from '../../domain/ids.ts'
import type { Entrance, Visit } from './entrance.ts'
import type { FormHumanCheck } from './form-human-check.ts'
import type { FormProblem } from './form-problem.ts'
import { humanCheckAlert, humanCheckWidget } from './human-check-elements.ts'

export const askPath = '/login/email'
export const confirmPath = '/login/email/confirm'

export interface AskForm {
  readonly email: string
  readonly errors?: readonly string[]
  readonly humanCheck: FormHumanCheck | undefined
}

export interface SentForm {
  readonly request: EmailProofId | undefined
  readonly rememberMe: boolean
  readonly problem?: FormProblem
}

export interface LinkOffer {
  readonly token: string
  /** Whom it signs in. */
  readonly email: string
  /** Whether this browser asked for it. */
  readonly isOwn: boolean
  readonly rememberMe: boolean
}

export const createEmailSignInForms = (
  ui: Ui,
  entrance: Pick<Entrance, 'purposeOf' | 'loginLink' | 'link'>,
  mode: EmailSignInMode,
) => {
  const remember = ({ words }: Visit, checked: boolean): Html =>
    checkbox({ name: 'remember_me', label: words.login.remember, checked })

  const back = (visit: Visit) => ({ href: entrance.loginLink(visit), label: visit.words.emailSignIn.login })
  const again = (visit: Visit) => ({
    href: entrance.link(askPath, visit),
    label: visit.words.emailSignIn.again,
  })

  return {
    ask: (visit: Visit, { email, errors = [], humanCheck }: AskForm, status = 200) => {
      const { locale, words, hidden, formAction } = visit
      const { emailSignIn } = words
      const content = html`${field({
        name: 'email',
        label: words.email,
        type: 'email',
        autocomplete: 'username',
        value: email,
        errors,
        autofocus: true,
      })}${humanCheckWidget(words, humanCheck)}${buttons({ label: emailSignIn.send })}`
      const body = html`${entrance.purposeOf(visit)}${paragraph(emailSignIn.text)}${humanCheckAlert(words, humanCheck)}${errors.length > 0 && alert({ text: words.check })}${formOf({ action: ui.link(askPath), hidden, content })}${ways([back(visit)])}`
      const widget = humanCheck?.widget
      return { locale, title: emailSignIn.heading, formAction, status, body, widget }
    },

    /** The same for every address that was given. */
    sent: (visit: Visit, { request, rememberMe, problem }: SentForm) => {
      const { locale, words, hidden, formAction } = visit
      const { emailSignIn } = words
      const content = html`${field({
        name: 'code',
        label: emailSignIn.code,
        type: 'text',
        autocomplete: 'one-time-code',
        code: true,
        describedBy: problem === undefined ? undefined : 'problem',
        autofocus: true,
      })}${remember(visit, rememberMe)}${buttons({ label: emailSignIn.submit })}`
      const code = formOf({ action: ui.link(confirmPath), hidden: { ...hidden, request }, content })
      const body = html`${entrance.purposeOf(visit)}${paragraph(emailSignIn.sent[mode === 'off' ? 'both' : mode])}${
        problem !== undefined && alert({ id: 'problem', text: problem.text })
      }${hasCode(mode) && code}${ways([again(visit), back(visit)])}`
      return { locale, title: emailSignIn.sentHeading, formAction, status: problem?.status ?? 200, body }
    },

    /** Names the account: nobody is to be signed in to another's without noticing. */
    link: (visit: Visit, { token, email, isOwn, rememberMe }: LinkOffer) => {
      const { locale, words, hidden, formAction } = visit
      const { emailSignIn } = words
      const content = html`${remember(visit, rememberMe)}${buttons({ label: emailSignIn.submit })}`
      const body = html`${paragraph(html`${emailSignIn.signInAs} <strong>${email}</strong>`)}${!isOwn && alert({ text: emailSignIn.elsewhere })}${formOf({ action: ui.link(confirmPath), hidden: { ...hidden, token }, content })}${ways([back(visit)])}`
      return { locale, title: emailSignIn.heading, formAction, body }
    },

    dead: (visit: Visit) => {
      const { locale, words } = visit
      const body = html`${paragraph(words.emailSignIn.dead)}${ways([again(visit), back(visit)])}`
      return { locale, title: words.emailSignIn.deadHeading, status: 400, body }
    },
  }
}
