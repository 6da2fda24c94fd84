/**
 * The second half of a sign-in at the API: the factor that is asked for, or the one that has to be set up first. What
 * `mfa_token` stands for is a first factor that was proven, and nothing else can be done with it.
 */
import type { Response } from '@latchkey/runtime/http'
import { type Route, readJson } from '@latchkey/runtime/http'
import { qrSvg, toQrCode } from '../domain/qr-code.ts'
import type { TokenSet } from '../domain/sign-in.ts'
import type { ChallengeOutcome, CompleteChallenge } from '../usecases/complete-challenge.ts'
import type { EnrolAtSignIn } from '../usecases/enrol-at-sign-in.ts'
import type { TotpSecret } from '../usecases/enrol-totp.ts'
import { codeMethodOf, type ProveCode } from '../usecases/prove-second-factor.ts'
import { signedInJson } from './answers.ts'
import type { ReadDevice, RequestDevice } from './device.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface MfaVerifyDeps {
  readonly schemas: Schemas
  readonly readDevice: ReadDevice
  readonly completeApiChallenge: CompleteChallenge<TokenSet>
  readonly enrolAtApiSignIn: EnrolAtSignIn<TokenSet>
  readonly proveCode: ProveCode
}

export const totpSecretJson = ({ secret, uri }: TotpSecret) => ({
  secret,
  otpauth_uri: uri,
  qr_svg: qrSvg(toQrCode(uri)),
})

type SignedIn = Extract<ChallengeOutcome<TokenSet>, { outcome: 'signed_in' }>

/** Of any method. @throws Problem for every outcome but a sign-in */
export const sendChallengeOutcome = (
  res: Response,
  outcome: ChallengeOutcome<TokenSet>,
  { remember }: Pick<RequestDevice, 'remember'>,
  more: Readonly<Record<string, unknown>> = {},
): void => {
  const { user, given } = orRefuse(outcome)
  remember(res)
  res.json({ ...signedInJson(user, given), ...more })
}

const orRefuse = (outcome: ChallengeOutcome<TokenSet>): SignedIn => {
  switch (outcome.outcome) {
    case 'signed_in':
      return outcome
    case 'wrong':
      throw refusals.wrong_code(401)
    case 'locked':
      throw refusals.locked(outcome)
    case 'disabled':
      throw refusals.disabled()
    case 'email_not_verified':
      throw refusals.email_not_verified()
    case 'password_reset_required':
      throw refusals.password_reset_required()
    // What is asked of a complete sign-in changed in between.
    case 'second_factor_required':
    case 'enrolment_required':
    case 'invalid_challenge':
      throw refusals.invalid_challenge()
  }
}

export const createMfaVerifyRoutes = (deps: MfaVerifyDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/auth/mfa/verify',
    handler: async (req, res) => {
      const body = await readJson(req, deps.schemas.verifySecondFactor)
      const { mfa_token, code, method = codeMethodOf(code), remember_device } = body
      const device = deps.readDevice(req)
      const outcome = await deps.completeApiChallenge({
        rawChallenge: mfa_token,
        origin: device.origin,
        rememberDevice: remember_device,
        prove: deps.proveCode(method, code),
      })
      sendChallengeOutcome(res, outcome, device)
    },
  },
  {
    method: 'POST',
    path: '/auth/mfa/enrol',
    handler: async (req, res) => {
      const { mfa_token } = await readJson(req, deps.schemas.beginEnrolment)
      const shown = await deps.enrolAtApiSignIn.show(mfa_token, deps.readDevice(req).origin)
      if (shown === undefined) throw refusals.invalid_challenge()
      res.json(totpSecretJson(shown.secret))
    },
  },
  {
    method: 'POST',
    path: '/auth/mfa/enrol/confirm',
    handler: async (req, res) => {
      const { mfa_token, code } = await readJson(req, deps.schemas.confirmEnrolment)
      const device = deps.readDevice(req)
      const outcome = await deps.enrolAtApiSignIn.complete({
        rawChallenge: mfa_token,
        origin: device.origin,
        code,
      })
      const more = outcome.outcome === 'signed_in' ? { recovery_codes: outcome.recoveryCodes } : {}
      sendChallengeOutcome(res, outcome, device, more)
    },
  },
]
