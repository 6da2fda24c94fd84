/**
 * `/mfa`: the second factor of a sign-in by page, in the browser that has proven the first one. What guards it is the
 * challenge; the rules are those of `POST /auth/mfa/verify`.
 */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import type { Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { UserId } from '../../domain/ids.ts'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { CompleteChallenge } from '../../usecases/complete-challenge.ts'
import type { FindChallenge } from '../../usecases/find-challenge.ts'
import type { ManageFactors } from '../../usecases/manage-factors.ts'
import { codeMethodOf, type ProveCode } from '../../usecases/prove-second-factor.ts'
import { refusals } from '../refusals.ts'
import type { ReadBrowserDevice } from './browser-device.ts'
import { concludeSecondFactor } from './conclude-second-factor.ts'
import { type Entrance, entranceFields, entranceQuery, type Visit } from './entrance.ts'
import { formCheck, formHandle, formText, pageSide } from './form-fields.ts'
import { answerLocked } from './locked.ts'
import { type CodeForm, type MfaPageOf, mfaPath as path, type ShownFactors } from './mfa-form.ts'
import type { MfaPasskeyForm } from './mfa-passkey.ts'

export interface MfaPageDeps {
  readonly ui: Ui
  readonly entrance: Entrance
  readonly readBrowserDevice: ReadBrowserDevice
  readonly findBrowserChallenge: FindChallenge
  readonly completeBrowserChallenge: CompleteChallenge<BrowserSession>
  readonly proveCode: ProveCode
  readonly manageFactors: Pick<ManageFactors, 'list'>
  readonly mfaPasskeyForm: MfaPasskeyForm
  readonly mfaPageOf: MfaPageOf
}

const challenge = formHandle()
const method = z.enum(['totp', 'recovery_code']).catch('totp')

// `passkey=refused`: what became of the page's other form.
const query = entranceQuery.extend({ challenge, method, passkey: pageSide() })
const fields = z.object({
  ...entranceFields,
  challenge,
  method,
  code: formText(),
  remember_device: formCheck(),
})

export const createMfaPage = (deps: MfaPageDeps): readonly Route[] => {
  const { ui, entrance, mfaPageOf: pageOf } = deps

  const shownFor = async (visit: Visit, challenge: string, userId: UserId): Promise<ShownFactors> => {
    const { factors } = await deps.manageFactors.list(userId)
    const hasApp = factors.some(({ method }) => method === 'totp')
    return { hasApp, passkeyForm: await deps.mfaPasskeyForm(visit, { challenge, userId, hasApp }) }
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const { flow, challenge, method, passkey } = readQuery(req, query)
        const visit = await entrance.open(req, res, path, flow)
        const found = await deps.findBrowserChallenge(
          challenge,
          deps.readBrowserDevice(req).origin.device,
          'verify',
        )
        // Over, or never ours to answer: the way in begins anew.
        if (found === undefined) return res.redirect(303, entrance.loginLink(visit))
        const shown = await shownFor(visit, challenge, found.account.user.id)
        const problem = passkey === undefined ? {} : { alert: visit.words.passkeys.refused }
        const status = passkey === undefined ? 200 : 401
        ui.sendPage(
          res,
          pageOf(visit, shown, { challenge, method, rememberDevice: false, ...problem }, status),
        )
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const {
          csrf,
          flow,
          challenge,
          method,
          code,
          remember_device: rememberDevice,
        } = await readForm(req, fields)
        const visit = await entrance.receive(req, path, { csrf, flow })
        const { mfa } = visit.words
        const device = deps.readBrowserDevice(req)
        const found = await deps.findBrowserChallenge(challenge, device.origin.device, 'verify')
        if (found === undefined) return res.redirect(303, entrance.loginLink(visit))
        const shown = await shownFor(visit, challenge, found.account.user.id)
        const again = (status: number, problem: Partial<CodeForm>) =>
          ui.sendPage(res, pageOf(visit, shown, { challenge, method, rememberDevice, ...problem }, status))
        // A recovery code in the field of the app's code is as good as one in its own.
        const shape = codeMethodOf(code)
        const outcome = await deps.completeBrowserChallenge({
          rawChallenge: challenge,
          origin: device.origin,
          rememberDevice,
          prove: deps.proveCode(shape, code),
        })
        if (outcome.outcome === 'wrong')
          return again(refusals.wrong_code(401).status, { errors: [mfa.wrong] })
        if (outcome.outcome === 'locked') {
          const { status, text } = answerLocked(res, mfa.lockedAdvice, outcome)
          return again(status, { alert: mfa.locked, advice: text })
        }
        concludeSecondFactor(entrance, { res, visit, device }, outcome)
      },
    },
  ]
}
