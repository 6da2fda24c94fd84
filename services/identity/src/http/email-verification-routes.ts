/** The address of an account is proven: by the link of a mail, or by its code. Its page is `pages/verify-email.ts`. */
import type { Authenticate } from '@latchkey/contracts'
import type { Request } from '@latchkey/runtime/http'
import { type Route, readJson, requestIp } from '@latchkey/runtime/http'
import type { EmailKey } from '../domain/email-address.ts'
import type { GetProfile } from '../usecases/get-profile.ts'
import type { RequestVerification } from '../usecases/request-verification.ts'
import type { VerifyEmail } from '../usecases/verify-email.ts'
import { deviceHashOf } from './device.ts'
import { preferredLocale } from './locale.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface EmailVerificationRoutesDeps {
  readonly schemas: Schemas
  readonly authenticate: Authenticate
  readonly getProfile: GetProfile
  readonly verifyEmail: VerifyEmail
  readonly requestVerification: RequestVerification
}

export const createEmailVerificationRoutes = (deps: EmailVerificationRoutesDeps): readonly Route[] => {
  const signedIn = async (req: Request) => {
    const { userId } = await deps.authenticate(req)
    const user = await deps.getProfile(userId)
    if (user === undefined) throw refusals.gone()
    return user
  }

  /** A code alone is of who is signed in; a named address needs nobody to be. */
  const addressOf = async (req: Request, email: EmailKey | undefined): Promise<EmailKey> =>
    email ?? (await signedIn(req)).emailKey

  return [
    {
      method: 'POST',
      path: '/auth/email/verify',
      handler: async (req, res) => {
        const body = await readJson(req, deps.schemas.verifyEmail)
        const result =
          'token' in body
            ? await deps.verifyEmail.byLink(body.token)
            : await deps.verifyEmail.byCode({
                emailKey: await addressOf(req, body.email),
                code: body.code,
                device: deviceHashOf(req),
              })
        if (result.outcome === 'locked') throw refusals.locked(result)
        if (result.outcome === 'invalid') throw refusals.invalid_email_proof()
        res.json({ message: 'Email address verified' })
      },
    },
    {
      method: 'POST',
      path: '/auth/email/verify/resend',
      handler: async (req, res) => {
        const user = await signedIn(req)
        if (user.emailVerifiedAt !== undefined) {
          res.json({ message: 'Email address is verified already' })
          return
        }
        const locale = preferredLocale(req.headers['accept-language'])
        const { emailKey } = user
        await deps.requestVerification({
          emailKey,
          browserHash: undefined,
          locale,
          askedFrom: requestIp(req),
        })
        res.json({ message: 'Verification mail sent' })
      },
    },
  ]
}
