/** Sign-in by a mail (EMAIL_SIGN_IN). Its pages are in `pages/`; where it is off, there is nothing here. */
import { type Route, readJson, requestIp } from '@latchkey/runtime/http'
import { type EmailSignInMode, hasCode, hasLink } from '../domain/email-sign-in.ts'
import type { TokenSet } from '../domain/sign-in.ts'
import type { RequestEmailSignIn } from '../usecases/request-email-sign-in.ts'
import type { SignInByEmail } from '../usecases/sign-in-by-email.ts'
import { admissionRefusal } from './admission-refusal.ts'
import { signedInJson } from './answers.ts'
import type { ReadDevice } from './device.ts'
import type { DemandHumanCheck } from './human-check.ts'
import { preferredLocale } from './locale.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface EmailSignInRoutesDeps {
  readonly schemas: Schemas
  readonly demandHumanCheck: DemandHumanCheck
  readonly readDevice: ReadDevice
  readonly emailSignInMode: EmailSignInMode
  readonly requestEmailSignIn: RequestEmailSignIn
  readonly signInByEmail: SignInByEmail<TokenSet>
}

const oneAnswerForAll = {
  message: 'If an account with this email exists, a mail to sign in with has been sent to it',
}

export const createEmailSignInRoutes = (deps: EmailSignInRoutesDeps): readonly Route[] => {
  const { schemas, readDevice, emailSignInMode: mode, requestEmailSignIn, signInByEmail } = deps
  if (mode === 'off') return []
  return [
    {
      method: 'POST',
      path: '/auth/email/sign-in',
      handler: async (req, res) => {
        const { email: emailKey, challenge_token } = await readJson(req, schemas.requestEmailSignIn)
        await deps.demandHumanCheck(req, challenge_token)
        const locale = preferredLocale(req.headers['accept-language'])
        await requestEmailSignIn({ emailKey, browserHash: undefined, locale, askedFrom: requestIp(req) })
        res.json(oneAnswerForAll)
      },
    },
    {
      method: 'POST',
      path: '/auth/email/sign-in/confirm',
      handler: async (req, res) => {
        const body = await readJson(req, schemas.confirmEmailSignIn)
        const { origin, remember } = readDevice(req)
        const signIn = { origin, rememberMe: body.remember_me }
        if ('token' in body ? !hasLink(mode) : !hasCode(mode)) throw refusals.invalid_email_proof()
        const result =
          'token' in body
            ? await signInByEmail.byLink(body.token, signIn)
            : await signInByEmail.byCode({
                ...signIn,
                emailKey: body.email,
                code: body.code,
                request: undefined,
              })
        if (result.outcome === 'locked') throw refusals.locked(result)
        if (result.outcome === 'invalid') throw refusals.invalid_email_proof()
        if (result.outcome !== 'signed_in') throw admissionRefusal(result)
        remember(res)
        res.json(signedInJson(result.user, result.given))
      },
    },
  ]
}
