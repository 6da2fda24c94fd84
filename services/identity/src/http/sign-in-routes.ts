/** Ways in: registration and password sign-in. */
import { type Route, readJson } from '@latchkey/runtime/http'
import type { TokenSet } from '../domain/sign-in.ts'
import type { RegisterUser } from '../usecases/register-user.ts'
import type { SignInUser } from '../usecases/sign-in.ts'
import { signedInJson } from './answers.ts'
import type { ReadDevice } from './device.ts'
import { preferredLocale } from './locale.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface SignInRoutesDeps {
  readonly schemas: Schemas
  readonly readDevice: ReadDevice
  readonly registerUser: RegisterUser<TokenSet>
  readonly signIn: SignInUser<TokenSet>
}

export const createSignInRoutes = (deps: SignInRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/auth/register',
    handler: async (req, res) => {
      const input = await readJson(req, deps.schemas.register)
      const { origin, remember } = deps.readDevice(req)
      const locale = preferredLocale(req.headers['accept-language'])
      const result = await deps.registerUser({ ...input, origin, locale, browserHash: undefined })
      if (result.outcome === 'email_exists') throw refusals.email_exists()
      if (result.outcome === 'password_refused')
        throw refusals.password_refused('password', result.violations)
      remember(res)
      res.status(201).json(signedInJson(result.user, result.given))
    },
  },
  {
    method: 'POST',
    path: '/auth/login',
    handler: async (req, res) => {
      const { email, password, remember_me } = await readJson(req, deps.schemas.login)
      const { origin, remember } = deps.readDevice(req)
      const result = await deps.signIn({ emailKey: email, password, rememberMe: remember_me, origin })
      if (result.outcome === 'locked') throw refusals.locked(result)
      if (result.outcome === 'disabled') throw refusals.disabled()
      if (result.outcome === 'password_reset_required') throw refusals.password_reset_required()
      if (result.outcome === 'second_factor_required') throw refusals.second_factor_required(result)
      if (result.outcome === 'enrolment_required') throw refusals.enrolment_required(result)
      if (result.outcome === 'wrong') throw refusals.wrong_sign_in()
      remember(res)
      res.json(signedInJson(result.user, result.given))
    },
  },
]
