/** `/register`: a new account, signed in in this browser, by the rules of `POST /auth/register`. */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { parseEmailAddress } from '../../domain/email-address.ts'
import { hashBrowser } from '../../domain/email-proof.ts'
import type { PasswordPolicy, PasswordPolicyName } from '../../domain/password-policy.ts'
import { normalizePassword } from '../../domain/password-text.ts'
import type { BrowserSession } from '../../domain/sign-in.ts'
import { emptyMetadata } from '../../domain/user-metadata.ts'
import { parseUserName } from '../../domain/user-name.ts'
import type { Checked } from '../../domain/violation.ts'
import type { RegisterUser } from '../../usecases/register-user.ts'
import { refusals } from '../refusals.ts'
import type { ReadBrowserDevice } from './browser-device.ts'
import { type Entrance, entranceFields, entranceQuery, type Visit } from './entrance.ts'
import { formText } from './form-fields.ts'
import { type FormHumanChecks, humanCheckFields } from './form-human-check.ts'
import { type RegisterForm, registerForm } from './register-form.ts'
import type { ProviderWays } from './social/provider-ways.ts'
import { sentencesOf } from './words.ts'

export interface RegisterPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly readBrowserDevice: ReadBrowserDevice
  readonly formHumanChecks: FormHumanChecks
  readonly providerWays: ProviderWays
  readonly registerInBrowser: RegisterUser<BrowserSession>
  readonly policy: PasswordPolicy
  /** Which hint stands below the password. */
  readonly policyName: PasswordPolicyName
}

const path = '/register'

const fields = z.object({
  ...entranceFields,
  ...humanCheckFields,
  name: formText(),
  email: formText(),
  password: formText().transform(normalizePassword),
})

export const createRegisterPage = (deps: RegisterPageDeps): readonly Route[] => {
  const { ui, browser, entrance, policy } = deps

  const pageOf = (visit: Visit, form: RegisterForm, status = 200) => {
    const { locale, words, formAction } = visit
    const passwordHint = words.passwordHint[deps.policyName]
    const body = registerForm({
      visit,
      entrance,
      providerWays: deps.providerWays(visit),
      action: ui.link(path),
      passwordHint,
      form,
    })
    const widget = form.humanCheck?.widget
    return { locale, title: words.register.heading, formAction, status, body, widget }
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const visit = await entrance.open(req, res, path, readQuery(req, entranceQuery).flow)
        const humanCheck = await deps.formHumanChecks.open(req)
        ui.sendPage(res, pageOf(visit, { name: '', email: visit.flow?.loginHint ?? '', humanCheck }))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const form = await readForm(req, fields)
        const { csrf, flow, name, email, password } = form
        const visit = await entrance.receive(req, path, { csrf, flow })
        const { words } = visit
        const received = await deps.formHumanChecks.receive(req, res, form, (humanCheck, status) =>
          pageOf(visit, { name, email, humanCheck }, status),
        )
        if (received.outcome === 'sent_back') return
        const { humanCheck } = received
        const again = (status: number, errors: Partial<RegisterForm>) =>
          ui.sendPage(res, pageOf(visit, { name, email, humanCheck, ...errors }, status))
        const errorsOf = (checked: Checked<unknown>): string[] =>
          checked.outcome === 'accepted' ? [] : sentencesOf(words, checked.violations)

        const [address, userName] = [parseEmailAddress(email), parseUserName(name)]
        const violations = policy.check(password)
        if (address.outcome === 'refused' || userName.outcome === 'refused' || violations.length > 0) {
          const passwordErrors = sentencesOf(words, violations)
          return again(400, {
            nameErrors: errorsOf(userName),
            emailErrors: errorsOf(address),
            passwordErrors,
          })
        }

        const { origin, remember } = deps.readBrowserDevice(req)
        const result = await deps.registerInBrowser({
          email: address.value,
          password,
          name: userName.value,
          metadata: emptyMetadata,
          origin,
          locale: visit.locale,
          browserHash: hashBrowser(browser.ensure(req, res)),
        })
        if (result.outcome === 'email_exists')
          return again(refusals.email_exists().status, { emailErrors: [words.register.emailExists] })
        if (result.outcome === 'password_refused')
          return again(400, { passwordErrors: sentencesOf(words, result.violations) })
        if (result.outcome !== 'accepted') remember(res)
        if (result.outcome !== 'registered') return entrance.askProof(res, visit, result.request)
        entrance.letIn(res, visit, result.given, { rememberMe: false })
      },
    },
  ]
}
