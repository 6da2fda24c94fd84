/**
 * `/login`: a password, and then a cookie for this browser. The rules are those of `POST /auth/login`: the same use case
 * counts, locks and tells known and unknown addresses apart by nothing (ASVS 6.3.8).
 */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import type { Problem } from '@latchkey/runtime/problem'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { emailKeyOf, parseEmailAddress } from '../../domain/email-address.ts'
import { normalizePassword } from '../../domain/password-text.ts'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { FindBrowserUser } from '../../usecases/find-browser-user.ts'
import type { FindRememberedUser } from '../../usecases/find-remembered-user.ts'
import type { SignInOutcome, SignInUser } from '../../usecases/sign-in.ts'
import { refusals } from '../refusals.ts'
import type { ReadBrowserDevice } from './browser-device.ts'
import { type Entrance, entranceFields, entranceQuery } from './entrance.ts'
import { formCheck, formText, pageSide } from './form-fields.ts'
import { type FormHumanChecks, humanCheckFields } from './form-human-check.ts'
import { sayWait } from './locked.ts'
import type { LoginForm } from './login-form.ts'
import { type LoginPageOf, loginPath as path } from './login-page.ts'
import { sentencesOf, type Words } from './words.ts'

export interface LoginPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly readBrowserDevice: ReadBrowserDevice
  readonly loginPageOf: LoginPageOf
  readonly formHumanChecks: FormHumanChecks
  readonly signInBrowser: SignInUser<BrowserSession>
  readonly findBrowserUser: FindBrowserUser
  readonly findRememberedUser: FindRememberedUser
}

// `account=existing`: the way back from the registration page, where the client asked for it.
const query = entranceQuery.extend({ account: pageSide() })

const fields = z.object({
  ...entranceFields,
  ...humanCheckFields,
  email: formText(),
  password: formText().transform(normalizePassword),
  remember_me: formCheck(),
})

type Refused = Extract<
  SignInOutcome<BrowserSession>,
  { outcome: 'wrong' | 'disabled' | 'password_reset_required' | 'locked' }
>

/** What the form comes back with. */
const refusalOf = (
  { login }: Words,
  result: Refused,
): { readonly problem: Problem; readonly said: Pick<LoginForm, 'alert' | 'advice'> } => {
  switch (result.outcome) {
    case 'wrong':
      return { problem: refusals.wrong_sign_in(), said: { alert: login.wrong } }
    case 'disabled':
      return { problem: refusals.disabled(), said: { alert: login.disabled } }
    case 'password_reset_required': {
      const said = { alert: login.suspended, advice: login.suspendedAdvice }
      return { problem: refusals.password_reset_required(), said }
    }
    case 'locked': {
      const said = { alert: login.locked, advice: sayWait(login.lockedAdvice, result) }
      return { problem: refusals.locked(result), said }
    }
  }
}

export const createLoginPage = (deps: LoginPageDeps): readonly Route[] => {
  const { ui, browser, entrance, loginPageOf: pageOf } = deps

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const { flow, account } = readQuery(req, query)
        const visit = await entrance.open(req, res, path, flow)
        // An application may want somebody who is signed in to be asked again; nothing of ours does.
        const isAsked = visit.flow?.kind === 'request'
        if (!isAsked && (await deps.findBrowserUser(browser.readSession(req))))
          return res.redirect(303, entrance.onward(visit))
        if (visit.flow?.promptsCreation === true && account === undefined)
          return res.redirect(303, entrance.link('/register', visit))
        const humanCheck = await deps.formHumanChecks.open(req)
        const rememberMe = (await deps.findRememberedUser(browser.readSession(req))) !== undefined
        ui.sendPage(res, pageOf(visit, { email: visit.flow?.loginHint ?? '', rememberMe, humanCheck }))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const form = await readForm(req, fields)
        const { csrf, flow, email, password, remember_me: rememberMe } = form
        const visit = await entrance.receive(req, path, { csrf, flow })
        const { words } = visit
        const received = await deps.formHumanChecks.receive(req, res, form, (humanCheck, status) =>
          pageOf(visit, { email, rememberMe, humanCheck }, status),
        )
        if (received.outcome === 'sent_back') return
        const { humanCheck } = received
        const again = (problem: Pick<Problem, 'status' | 'headers'>, errors: Partial<LoginForm>) => {
          res.set(problem.headers)
          ui.sendPage(res, pageOf(visit, { email, rememberMe, humanCheck, ...errors }, problem.status))
        }

        const address = parseEmailAddress(email)
        const emailErrors = address.outcome === 'refused' ? sentencesOf(words, address.violations) : []
        const passwordErrors = password === '' ? [words.passwordMissing] : []
        if (address.outcome === 'refused' || password === '')
          return again({ status: 400, headers: {} }, { emailErrors, passwordErrors })

        const device = deps.readBrowserDevice(req)
        const result = await deps.signInBrowser({
          emailKey: emailKeyOf(address.value),
          password,
          rememberMe,
          origin: device.origin,
        })
        switch (result.outcome) {
          case 'signed_in':
            device.remember(res)
            return entrance.letIn(res, visit, result.given, { rememberMe })
          case 'second_factor_required':
          case 'enrolment_required':
            return entrance.askSecondFactor(res, visit, result, device)
          case 'email_not_verified':
            return entrance.askVerification(req, res, visit, result.user)
          default: {
            const { problem, said } = refusalOf(words, result)
            again(problem, said)
          }
        }
      },
    },
  ]
}
