/** Another address for an account, to which both the old and the new one say yes. Its pages are in `pages/`. */
import type { Authenticate } from '@latchkey/contracts'
import { type Route, readJson, requestIp } from '@latchkey/runtime/http'
import type { EmailChangeStep } from '../domain/email-change.ts'
import type { ConfirmEmailChange } from '../usecases/confirm-email-change.ts'
import type { GetProfile } from '../usecases/get-profile.ts'
import type { IsRecentlyAuthenticated } from '../usecases/is-recently-authenticated.ts'
import type { RequestEmailChange } from '../usecases/request-email-change.ts'
import { deviceHashOf } from './device.ts'
import { preferredLocale } from './locale.ts'
import { createAuthenticateRecent } from './reauthentication.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface EmailChangeRoutesDeps {
  readonly schemas: Schemas
  readonly authenticate: Authenticate
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
  readonly getProfile: GetProfile
  readonly requestEmailChange: RequestEmailChange
  readonly emailChange: ConfirmEmailChange
}

const path = '/auth/email/change'

const messages: Readonly<Record<Exclude<EmailChangeStep, 'invalid' | 'taken'>, string>> = {
  waiting: 'Confirmed; the other address has to confirm too',
  changed: 'Email address changed',
}

export const createEmailChangeRoutes = (deps: EmailChangeRoutesDeps): readonly Route[] => {
  const authenticateRecent = createAuthenticateRecent(deps)
  return [
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { userId, sessionId } = await authenticateRecent(req)
        const { email } = await readJson(req, deps.schemas.requestEmailChange)
        const user = await deps.getProfile(userId)
        if (user === undefined) throw refusals.gone()
        const locale = preferredLocale(req.headers['accept-language'])
        const request = { user, sessionId, email, locale, askedFrom: requestIp(req) }
        const { outcome } = await deps.requestEmailChange(request)
        if (outcome === 'unchanged') throw refusals.email_unchanged()
        if (outcome === 'email_exists') throw refusals.email_exists()
        res.status(202).json({ message: 'Mails have been sent to the old and to the new address' })
      },
    },
    {
      method: 'DELETE',
      path,
      handler: async (req, res) => {
        const { userId } = await deps.authenticate(req)
        await deps.emailChange.cancel(userId)
        res.status(204).end()
      },
    },
    {
      method: 'POST',
      path: '/auth/email/change/confirm',
      handler: async (req, res) => {
        const body = await readJson(req, deps.schemas.confirmEmailChange)
        const result =
          'token' in body
            ? await deps.emailChange.byLink(body.token)
            : await deps.emailChange.byCode({
                userId: (await deps.authenticate(req)).userId,
                code: body.code,
                device: deviceHashOf(req),
              })
        if (result.outcome === 'locked') throw refusals.locked(result)
        if (result.outcome === 'invalid') throw refusals.invalid_email_proof()
        if (result.outcome === 'taken') throw refusals.email_exists()
        res.json({ status: result.outcome, message: messages[result.outcome] })
      },
    },
  ]
}
