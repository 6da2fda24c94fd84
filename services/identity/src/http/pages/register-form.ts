/** The form of the registration page. */
import { alert, buttons, field, form as formOf, type Html, html, ways } from '@latchkey/ui'
import type { Entrance, Visit } from './entrance.ts'
import type { FormHumanCheck } from './form-human-check.ts'
import { humanCheckAlert, humanCheckWidget } from './human-check-elements.ts'

export interface RegisterForm {
  readonly name: string
  readonly email: string
  readonly nameErrors?: readonly string[]
  readonly emailErrors?: readonly string[]
  readonly passwordErrors?: readonly string[]
  readonly humanCheck?: FormHumanCheck | undefined
}

export interface RegisterFormInit {
  readonly visit: Visit
  readonly entrance: Pick<Entrance, 'purposeOf' | 'loginLink'>
  readonly action: string
  /** Undefined where no provider is set up. */
  readonly providerWays: Html | undefined
  readonly passwordHint: string
  readonly form: RegisterForm
}

export const registerForm = (init: RegisterFormInit): Html => {
  const { visit, entrance, form } = init
  const { words, hidden } = visit
  const { nameErrors = [], emailErrors = [], passwordErrors = [] } = form
  const isSent = nameErrors.length + emailErrors.length + passwordErrors.length > 0
  const content = html`${field({
    name: 'name',
    label: words.name,
    type: 'text',
    autocomplete: 'name',
    value: form.name,
    errors: nameErrors,
    autofocus: !isSent || nameErrors.length > 0,
  })}${field({
    name: 'email',
    label: words.email,
    type: 'email',
    autocomplete: 'username',
    value: form.email,
    errors: emailErrors,
    autofocus: nameErrors.length === 0 && emailErrors.length > 0,
  })}${field({
    name: 'password',
    label: words.password,
    type: 'password',
    autocomplete: 'new-password',
    hint: init.passwordHint,
    errors: passwordErrors,
    autofocus: isSent && nameErrors.length + emailErrors.length === 0,
  })}${humanCheckWidget(words, form.humanCheck)}${buttons({ label: words.register.submit })}`
  return html`${entrance.purposeOf(visit)}${humanCheckAlert(words, form.humanCheck)}${isSent && alert({ text: words.check })}${formOf(
    {
      action: init.action,
      hidden,
      content,
    },
  )}${init.providerWays}${ways([{ href: entrance.loginLink(visit), label: words.register.login }])}`
}
