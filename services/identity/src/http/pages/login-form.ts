/** The form of the sign-in page, as it comes first and as it comes back. */
import { alert, buttons, checkbox, field, form as formOf, type Html, html, ways } from '@latchkey/ui'
import type { Entrance, Visit } from './entrance.ts'
import type { FormHumanCheck } from './form-human-check.ts'
import { humanCheckAlert, humanCheckWidget } from './human-check-elements.ts'
import { passkeyForm } from './passkey-form.ts'

export interface LoginForm {
  readonly email: string
  readonly rememberMe: boolean
  readonly emailErrors?: readonly string[]
  readonly passwordErrors?: readonly string[]
  /** What became of the sign-in. */
  readonly alert?: string
  readonly advice?: string
  /** A passkey that was used and is none of ours. */
  readonly unknownPasskey?: string | undefined
  readonly humanCheck?: FormHumanCheck | undefined
}

export interface LoginFormInit {
  readonly visit: Visit
  readonly entrance: Pick<Entrance, 'purposeOf' | 'link'>
  readonly action: string
  readonly passkeyAction: string
  /** Undefined where no provider is set up. */
  readonly providerWays: Html | undefined
  readonly rpId: string
  /** Whether a mail to sign in with can be asked for. */
  readonly offersMail: boolean
  readonly form: LoginForm
}

/** For the browser that offered it. @see WebAuthn Level 3 §5.1.11.1 */
const unknownPasskey = (rpId: string, credentialId: string): Html =>
  html`<p hidden data-signal-unknown="${JSON.stringify({ rpId, credentialId })}"></p>`

export const loginForm = (init: LoginFormInit): Html => {
  const { visit, entrance, action, passkeyAction, providerWays, rpId, offersMail, form } = init
  const { words, hidden } = visit
  const { email, emailErrors = [], passwordErrors = [] } = form
  const isSent = form.alert !== undefined || emailErrors.length + passwordErrors.length > 0
  const content = html`${field({
    name: 'email',
    label: words.email,
    type: 'email',
    // The name of the account, for password managers, which offer passkeys with it.
    autocomplete: 'username webauthn',
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
  })}${checkbox({ name: 'remember_me', label: words.login.remember, checked: form.rememberMe })}${humanCheckWidget(words, form.humanCheck)}${buttons({ label: words.login.submit })}`
  return html`${entrance.purposeOf(visit)}${humanCheckAlert(words, form.humanCheck)}${
    isSent &&
    alert({
      id: 'problem',
      text: form.alert ?? words.check,
      items: form.advice === undefined ? [] : [form.advice],
    })
  }${formOf({ action, hidden, content })}${passkeyForm({
    action: passkeyAction,
    hidden: { ...hidden, remember_me: '' },
    words,
    kind: 'get',
    label: words.passkeys.signIn,
    autofill: true,
  })}${form.unknownPasskey !== undefined && unknownPasskey(rpId, form.unknownPasskey)}${providerWays}${ways([
    ...(offersMail ? [{ href: entrance.link('/login/email', visit), label: words.login.byEmail }] : []),
    { href: entrance.link('/forgot-password', visit), label: words.login.forgot },
    { href: entrance.link('/register', visit), label: words.login.register },
  ])}`
}
