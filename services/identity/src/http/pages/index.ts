/** The pages of identity: the ways in, the way out, and what went wrong on them, said in a page. */
import { type RenderProblem, type Request, type Route, sendProblem } from '@latchkey/runtime/http'
import { createBrowserBinding, type Ui } from '@latchkey/ui'
import { wantsPage } from '../wants-page.ts'
import { type AcceptInvitationPageDeps, createAcceptInvitationPage } from './accept-invitation.ts'
import { type AccountPagesDeps, createAccountPages } from './account/index.ts'
import { createReadBrowserDevice } from './browser-device.ts'
import { type ConfirmEmailChangePageDeps, createConfirmEmailChangePage } from './confirm-email-change.ts'
import { type ConfirmEmailSignInPageDeps, createConfirmEmailSignInPage } from './confirm-email-sign-in.ts'
import { createEmailSignInPage, type EmailSignInPageDeps } from './email-sign-in.ts'
import { createEntrance, type EntranceDeps } from './entrance.ts'
import { createForgotPasswordPage, type ForgotPasswordPageDeps } from './forgot-password.ts'
import { createLoginPage, type LoginPageDeps } from './login.ts'
import { createLoginPageOf, type LoginPageOfDeps } from './login-page.ts'
import { createLoginPasskey, type LoginPasskeyDeps } from './login-passkey.ts'
import { createMfaPage, type MfaPageDeps } from './mfa.ts'
import { createMfaEnrolPage, type MfaEnrolPageDeps } from './mfa-enrol.ts'
import { createMfaPageOf, type MfaPageOfDeps } from './mfa-form.ts'
import {
  createMfaPasskeyForm,
  createMfaPasskeyPage,
  type MfaPasskeyFormDeps,
  type MfaPasskeyPageDeps,
} from './mfa-passkey.ts'
import { createNotMePage, type NotMePageDeps } from './not-me.ts'
import { createRegisterPage, type RegisterPageDeps } from './register.ts'
import { createResetPasswordPage, type ResetPasswordPageDeps } from './reset-password.ts'
import { createSocialPages, type SocialPagesDeps } from './social/index.ts'
import { createProviderWays } from './social/provider-ways.ts'
import { createStepUpPage, type StepUpPageDeps } from './step-up.ts'
import { createVerifyEmailPage, type VerifyEmailPageDeps } from './verify-email.ts'

type AllDeps = AcceptInvitationPageDeps &
  EntranceDeps &
  EmailSignInPageDeps &
  ConfirmEmailSignInPageDeps &
  AccountPagesDeps &
  ConfirmEmailChangePageDeps &
  ForgotPasswordPageDeps &
  LoginPageDeps &
  LoginPageOfDeps &
  LoginPasskeyDeps &
  MfaPageDeps &
  MfaPageOfDeps &
  MfaPasskeyFormDeps &
  MfaPasskeyPageDeps &
  MfaEnrolPageDeps &
  StepUpPageDeps &
  NotMePageDeps &
  RegisterPageDeps &
  ResetPasswordPageDeps &
  SocialPagesDeps &
  VerifyEmailPageDeps

export interface PagesDeps
  extends Omit<
    AllDeps,
    | 'browser'
    | 'entrance'
    | 'readBrowserDevice'
    | 'area'
    | 'providerWays'
    | 'loginPageOf'
    | 'mfaPageOf'
    | 'mfaPasskeyForm'
    | 'confirmProvider'
    | 'passkeyList'
    | 'confirmPasskey'
    | 'confirmCode'
  > {
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
  const entrance = createEntrance({ ...init, browser })
  const providerWays = createProviderWays(init)
  const loginPageOf = createLoginPageOf({ ...init, entrance, providerWays })
  const deps = {
    ...init,
    browser,
    entrance,
    readBrowserDevice: createReadBrowserDevice({ ...init, browser }),
    providerWays,
    loginPageOf,
    mfaPageOf: createMfaPageOf({ ...init, entrance }),
    mfaPasskeyForm: createMfaPasskeyForm(init),
  }
  const social = createSocialPages(deps)
  const routes = [
    ...createLoginPage(deps),
    ...createLoginPasskey(deps),
    ...createMfaPage(deps),
    ...createMfaPasskeyPage(deps),
    ...createMfaEnrolPage(deps),
    ...createStepUpPage(deps),
    ...createRegisterPage(deps),
    ...createForgotPasswordPage(deps),
    ...createResetPasswordPage(deps),
    ...createNotMePage(deps),
    ...createAcceptInvitationPage(deps),
    ...createEmailSignInPage(deps),
    ...createConfirmEmailSignInPage(deps),
    ...createVerifyEmailPage(deps),
    ...createConfirmEmailChangePage(deps),
    ...createAccountPages(deps),
    ...social.pages,
  ]
  const paths = new Set(routes.map(({ path }) => path))
  // One path, for people and programs: whoever takes a page gets one.
  const isShared = (path: string) => path.startsWith('/auth/oauth/')
  const isPage = (req: Request) =>
    paths.has(req.path) || req.path.startsWith('/login/') || (isShared(req.path) && wantsPage(req))
  return {
    routes: [...routes, ...social.shared],
    renderProblem: (problem, req, res) =>
      (isPage(req) ? init.ui.sendProblemPage : sendProblem)(problem, req, res),
  }
}
