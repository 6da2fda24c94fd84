/** The pages of identity: the ways in, the way out, and what went wrong on them, said in a page. */
import { type RenderProblem, type Route, sendProblem } from '@latchkey/runtime/http'
import { createBrowserBinding, type Ui } from '@latchkey/ui'
import { type AccountPagesDeps, createAccountPages } from './account/index.ts'
import { createEntrance, type EntranceDeps } from './entrance.ts'
import { createForgotPasswordPage, type ForgotPasswordPageDeps } from './forgot-password.ts'
import { createLoginPage, type LoginPageDeps } from './login.ts'
import { createMfaPage, type MfaPageDeps } from './mfa.ts'
import { createNotMePage, type NotMePageDeps } from './not-me.ts'
import { createRegisterPage, type RegisterPageDeps } from './register.ts'
import { createResetPasswordPage, type ResetPasswordPageDeps } from './reset-password.ts'
import { createVerifyEmailPage, type VerifyEmailPageDeps } from './verify-email.ts'

type AllDeps = EntranceDeps &
  AccountPagesDeps &
  ForgotPasswordPageDeps &
  LoginPageDeps &
  MfaPageDeps &
  NotMePageDeps &
  RegisterPageDeps &
  ResetPasswordPageDeps &
  VerifyEmailPageDeps

export interface PagesDeps extends Omit<AllDeps, 'browser' | 'entrance' | 'area'> {
  readonly ui: Ui
  readonly publicUrl: string
}

export interface Pages {
  readonly routes: readonly Route[]
  /** For the whole service: people get a page where they look at pages, programs get JSON everywhere else. */
  readonly renderProblem: RenderProblem
}

export const createPages = (init: PagesDeps): Pages => {
  const browser = createBrowserBinding({ publicUrl: init.publicUrl })
  const deps = { ...init, browser, entrance: createEntrance({ ...init, browser }) }
  const routes = [
    ...createLoginPage(deps),
    ...createMfaPage(deps),
    ...createRegisterPage(deps),
    ...createForgotPasswordPage(deps),
    ...createResetPasswordPage(deps),
    ...createNotMePage(deps),
    ...createVerifyEmailPage(deps),
    ...createAccountPages(deps),
  ]
  const paths = new Set(routes.map(({ path }) => path))
  return {
    routes,
    renderProblem: (problem, req, res) =>
      (paths.has(req.path) ? init.ui.sendProblemPage : sendProblem)(problem, req, res),
  }
}
