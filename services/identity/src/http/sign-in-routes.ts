/** Ways in: registration and password sign-in. */
import { type Route, readJson } from '@latchkey/runtime/http'
import type { TokenSet } from '../domain/sign-in.ts'
import type { RegisterUser } from '../usecases/register-user.ts'
import type { SignInUser } from '../usecases/sign-in.ts'
import { signedInJson, userJson } from './answers.ts'
import type { ReadDevice } from './device.ts'
import type { DemandHumanCheck } from './human-check.ts'
import { preferredLocale } from './locale.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface SignInRoutesDeps {
  readonly schemas: Schemas
  readonly demandHumanCheck: DemandHumanCheck
  readonly readDevice: ReadDevice
  readonly registerUser: RegisterUser<TokenSet>
  readonly signIn: SignInUser<TokenSet>
}

/** REGISTRATION_PRIVACY=strict: the mail tells what became of it. */
const oneAnswerForAll = { message: 'A mail has been sent to this address: follow its link to go on' }

export const createSignInRoutes = (deps: SignInRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/auth/register',
    handler: async (req, res) => {
      const { challenge_token, ...input } = await readJson(req, deps.schemas.register)
      await deps.demandHumanCheck(req, challenge_token)
      const { origin, remember } = deps.readDevice(req)
      const locale = preferredLocale(req.headers['accept-language'])
      const result = await deps.registerUser({ ...input, origin, locale, browserHash: undefined })
      if (result.outcome === 'email_exists') throw refusals.email_exists()
      if (result.outcome === 'password_refused')
        throw refusals.password_refused('password', result.violations)
      if (result.outcome === 'accepted') {
        res.status(202).json(oneAnswerForAll)
        return
      }
      remember(res)
      const { user } = result
      res.status(201).json('given' in result ? signedInJson(user, result.given) : { user: userJson(user) })
    },
  },
  {
    method: 'POST',
    path: '/auth/login',
    handler: async (req, res) => {
      const { email, password, remember_me, challenge_token } = await readJson(req, deps.schemas.login)
      await deps.demandHumanCheck(req, challenge_token)
      const { origin, remember } = deps.readDevice(req)
      const result = await deps.signIn({ emailKey: email, password, rememberMe: remember_me, origin })
      if (result.outcome === 'locked') throw refusals.locked(result)
      if (result.outcome === 'disabled') throw refusals.disabled()
      if (result.outcome === 'email_not_verified') throw refusals.email_not_verified()
      if (result.outcome === 'password_reset_required') throw refusals.password_reset_required()
      if (result.outcome === 'second_factor_required') throw refusals.second_factor_required(result)
      if (result.outcome === 'enrolment_required') throw refusals.enrolment_required(result)
      if (result.outcome === 'wrong') throw refusals.wrong_sign_in()
      remember(res)
      res.json(signedInJson(result.user, result.given))
    },
  },
]
