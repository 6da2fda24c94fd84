/** The form of the sign-in page, as it comes first and as it comes back. */
import { alert, buttons, checkbox, field, form as formOf, type Html, html, ways } from '@latchkey/ui'
import type { Entrance, Visit } from './entrance.ts'

export interface LoginForm {
  readonly email: string
  readonly rememberMe: boolean
  readonly emailErrors?: readonly string[]
  readonly passwordErrors?: readonly string[]
  /** What became of the sign-in. */
  readonly alert?: string
  readonly advice?: string
}

export interface LoginFormInit {
  readonly visit: Visit
  readonly entrance: Pick<Entrance, 'purposeOf' | 'link'>
  readonly action: string
  /** Undefined where no provider is set up. */
  readonly providerWays: Html | undefined
  readonly form: LoginForm
}

export const loginForm = ({ visit, entrance, action, providerWays, form }: LoginFormInit): Html => {
  const { words, hidden } = visit
  const { email, emailErrors = [], passwordErrors = [] } = form
  const isSent = form.alert !== undefined || emailErrors.length + passwordErrors.length > 0
  const content = html`${field({
    name: 'email',
    label: words.email,
    type: 'email',
    // The name of the account, for password managers.
    autocomplete: 'username',
    value: email,
    errors: emailErrors,
    autofocus: email === '' || emailErrors.length > 0,
  })}${field({
    name: 'password',
    label: words.password,
    type: 'password',
    autocomplete: 'current-password',
    errors: passwordErrors,
    describedBy: form.alert === undefined ? undefined : 'problem',
    autofocus: email !== '' && emailErrors.length === 0,
  })}${checkbox({ name: 'remember_me', label: words.login.remember, checked: form.rememberMe })}${buttons({ label: words.login.submit })}`
  return html`${entrance.purposeOf(visit)}${
    isSent &&
    alert({
      id: 'problem',
      text: form.alert ?? words.check,
      items: form.advice === undefined ? [] : [form.advice],
    })
  }${formOf({ action, hidden, content })}${providerWays}${ways([
    { href: entrance.link('/forgot-password', visit), label: words.login.forgot },
    { href: entrance.link('/register', visit), label: words.login.register },
  ])}`
}
