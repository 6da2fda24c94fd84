/** A forgotten password: the request, and its confirmation as JSON. The page of the link is in `pages/reset-password.ts`. */
import { type Route, readJson, requestIp } from '@latchkey/runtime/http'
import type { EmailKey } from '../domain/email-address.ts'
import type { ConfirmPasswordReset } from '../usecases/confirm-password-reset.ts'
import type { DemandHumanCheck } from './human-check.ts'
import { preferredLocale } from './locale.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface ResetRoutesDeps {
  readonly schemas: Schemas
  readonly demandHumanCheck: DemandHumanCheck
  /** The same work for every address: what becomes of it happens later, out of sight. */
  readonly requestReset: (emailKey: EmailKey, locale: string, askedFrom: string) => Promise<void>
  readonly confirmReset: ConfirmPasswordReset
}

const oneAnswerForAll = { message: 'If an account with this email exists, a reset link has been sent to it' }

export const createResetRoutes = (deps: ResetRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/auth/password/reset',
    handler: async (req, res) => {
      const { email, challenge_token } = await readJson(req, deps.schemas.requestReset)
      await deps.demandHumanCheck(req, challenge_token)
      await deps.requestReset(email, preferredLocale(req.headers['accept-language']), requestIp(req))
      res.json(oneAnswerForAll)
    },
  },
  {
    method: 'POST',
    path: '/auth/password/reset/confirm',
    handler: async (req, res) => {
      const { token, new_password } = await readJson(req, deps.schemas.confirmReset)
      const result = await deps.confirmReset({ rawToken: token, newPassword: new_password })
      if (result.outcome === 'invalid_token') throw refusals.invalid_reset_token()
      if (result.outcome === 'password_refused') {
        throw refusals.password_refused('new_password', result.violations)
      }
      res.json({ message: 'Password has been reset' })
    },
  },
]
