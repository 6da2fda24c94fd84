/** The page of `/login`, as each of its two forms shows it: first, and when it comes back. */
import type { SentPage, Ui } from '@latchkey/ui'
import type { EmailSignInMode } from '../../domain/email-sign-in.ts'
import type { Entrance, Visit } from './entrance.ts'
import { type LoginForm, loginForm } from './login-form.ts'
import type { ProviderWays } from './social/provider-ways.ts'

export const loginPath = '/login'

export interface LoginPageOfDeps {
  readonly ui: Ui
  readonly entrance: Entrance
  readonly providerWays: ProviderWays
  /** Where the script for passkeys is. */
  readonly passkeyScript: `/${string}`
  /** Whose passkeys they are: the host of PUBLIC_URL. */
  readonly rpId: string
  readonly emailSignInMode: EmailSignInMode
}

export const createLoginPageOf =
  ({ ui, entrance, providerWays, passkeyScript, rpId, emailSignInMode }: LoginPageOfDeps) =>
  (visit: Visit, form: LoginForm, status = 200): SentPage => {
    const { locale, words, formAction } = visit
    const action = ui.link(loginPath)
    const body = loginForm({
      visit,
      entrance,
      action,
      passkeyAction: ui.link('/login/passkey'),
      providerWays: providerWays(visit),
      rpId,
      offersMail: emailSignInMode !== 'off',
      form,
    })
    const script = ui.link(passkeyScript)
    const widget = form.humanCheck?.widget
    return { locale, title: words.login.heading, formAction, status, body, script, widget }
  }

export type LoginPageOf = ReturnType<typeof createLoginPageOf>
