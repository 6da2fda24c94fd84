/** The other form of `/login`: a passkey, which says by itself who it is. Where it leads is the same as with a password. */
import { sha256Hex } from '@latchkey/runtime/crypto'
import { type Route, readForm } from '@latchkey/runtime/http'
import type { Problem } from '@latchkey/runtime/problem'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { AskForPasskey } from '../../usecases/ask-for-passkey.ts'
import type { SignInWithPasskey } from '../../usecases/sign-in-with-passkey.ts'
import { refusals } from '../refusals.ts'
import type { ReadBrowserDevice } from './browser-device.ts'
import { type Entrance, entranceFields } from './entrance.ts'
import { formCheck } from './form-fields.ts'
import type { FormHumanChecks } from './form-human-check.ts'
import type { LoginForm } from './login-form.ts'
import { type LoginPageOf, loginPath } from './login-page.ts'
import { assertionField } from './passkey-form.ts'

export interface LoginPasskeyDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly readBrowserDevice: ReadBrowserDevice
  readonly loginPageOf: LoginPageOf
  readonly formHumanChecks: Pick<FormHumanChecks, 'open'>
  readonly askForPasskey: AskForPasskey
  readonly signInBrowserWithPasskey: SignInWithPasskey<BrowserSession>
}

const fields = z.object({
  ...entranceFields,
  credential: assertionField,
  remember_me: formCheck(),
})

export const createLoginPasskey = (deps: LoginPasskeyDeps): readonly Route[] => {
  const { ui, browser, entrance } = deps
  return [
    {
      method: 'POST',
      path: '/login/passkey',
      handler: async (req, res) => {
        const { csrf, flow, credential, remember_me: rememberMe } = await readForm(req, fields)
        // Both forms of the page are of one purpose: to sign in there.
        const visit = await entrance.receive(req, loginPath, { csrf, flow })
        const { words } = visit
        const boundTo = sha256Hex(browser.read(req) ?? '')
        if (credential === undefined) {
          const question = { purpose: 'sign_in', userId: undefined, boundTo } as const
          return void res.json(await deps.askForPasskey(question))
        }

        const again = async (problem: Problem, form: Partial<LoginForm>) => {
          // Not of a passkey, which nobody guesses: of the other form.
          const page = { email: '', rememberMe, humanCheck: await deps.formHumanChecks.open(req), ...form }
          ui.sendPage(res, deps.loginPageOf(visit, page, problem.status))
        }
        const refused = { alert: words.passkeys.refused, advice: words.passkeys.refusedAdvice }
        if (credential === 'invalid') return again(refusals.passkey_refused(401), refused)
        const device = deps.readBrowserDevice(req)
        const result = await deps.signInBrowserWithPasskey({
          assertion: credential,
          boundTo,
          rememberMe,
          origin: device.origin,
        })
        if (result.outcome === 'refused')
          return again(refusals.passkey_refused(401), { ...refused, unknownPasskey: result.unknownPasskey })
        if (result.outcome === 'disabled') return again(refusals.disabled(), { alert: words.login.disabled })
        if (result.outcome === 'email_not_verified')
          return entrance.askVerification(req, res, visit, result.user)
        if (result.outcome === 'password_reset_required')
          return again(refusals.password_reset_required(), { alert: words.login.suspended })
        if (result.outcome === 'second_factor_required' || result.outcome === 'enrolment_required')
          return entrance.askSecondFactor(res, visit, result, device)
        device.remember(res)
        entrance.letIn(res, visit, result.given, { rememberMe })
      },
    },
  ]
}
