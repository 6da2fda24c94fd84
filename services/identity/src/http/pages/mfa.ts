/**
 * `/mfa`: the second factor of a sign-in by page, in the browser that has proven the first one. What guards it is the
 * challenge; the rules are those of `POST /auth/mfa/verify`.
 */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import {
  alert,
  type BrowserBinding,
  buttons,
  checkbox,
  field,
  fill,
  form,
  type Html,
  html,
  paragraph,
  type Ui,
  ways,
} from '@latchkey/ui'
import { z } from 'zod'
import type { UserId } from '../../domain/ids.ts'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { CompleteChallenge } from '../../usecases/complete-challenge.ts'
import type { FindChallenge } from '../../usecases/find-challenge.ts'
import type { ManageFactors } from '../../usecases/manage-factors.ts'
import { type CodeMethod, codeMethodOf, type ProveCode } from '../../usecases/prove-second-factor.ts'
import type { ReadDevice } from '../device.ts'
import { refusals } from '../refusals.ts'
import { type Entrance, entranceFields, entranceQuery, formText, type Visit } from './entrance.ts'
import type { MfaPasskeyForm } from './mfa-passkey.ts'

export interface MfaPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly readDevice: ReadDevice
  readonly findBrowserChallenge: FindChallenge
  readonly completeBrowserChallenge: CompleteChallenge<BrowserSession>
  readonly proveCode: ProveCode
  readonly manageFactors: Pick<ManageFactors, 'list'>
  readonly mfaPasskeyForm: MfaPasskeyForm
  readonly passkeyScript: `/${string}`
  /** 0: no device is remembered. */
  readonly rememberDeviceDays: number
}

const path = '/mfa'

const challenge = z.string().max(128).default('')
const method = z.enum(['totp', 'recovery_code']).catch('totp')

// `passkey=refused`: what became of the page's other form.
const query = entranceQuery.extend({ challenge, method, passkey: z.string().max(16).optional() })
const fields = z.object({
  ...entranceFields,
  challenge,
  method,
  code: formText(),
  remember_device: formText().transform(text => ['true', 'on', '1', 'yes'].includes(text)),
})

interface CodeForm {
  readonly challenge: string
  readonly method: CodeMethod
  readonly rememberDevice: boolean
  readonly errors?: readonly string[]
  readonly alert?: string
  readonly advice?: string
}

/** What completes the sign-in, beside recovery codes. */
interface Shown {
  readonly hasApp: boolean
  readonly passkeyForm: Html | undefined
}

export const createMfaPage = (deps: MfaPageDeps): readonly Route[] => {
  const { ui, browser, entrance, rememberDeviceDays } = deps

  const shownFor = async (visit: Visit, challenge: string, userId: UserId): Promise<Shown> => {
    const { factors } = await deps.manageFactors.list(userId)
    const hasApp = factors.some(({ method }) => method === 'totp')
    return { hasApp, passkeyForm: await deps.mfaPasskeyForm(visit, challenge, userId) }
  }

  const pageOf = (visit: Visit, { hasApp, passkeyForm }: Shown, sent: CodeForm, status = 200) => {
    const { words, locale, formAction, hidden, handle } = visit
    const { mfa } = words
    const isRecovery = sent.method === 'recovery_code' || !hasApp
    const other = isRecovery ? 'totp' : 'recovery_code'
    const content = html`${field({
      name: 'code',
      label: isRecovery ? mfa.recoveryCode : mfa.code,
      type: 'text',
      autocomplete: isRecovery ? 'off' : 'one-time-code',
      code: true,
      errors: sent.errors ?? [],
      autofocus: true,
    })}${
      rememberDeviceDays > 0 &&
      checkbox({
        name: 'remember_device',
        label: fill(mfa.remember, { days: String(rememberDeviceDays) }),
        checked: sent.rememberDevice,
      })
    }${buttons({ label: mfa.submit })}`
    const otherCode = {
      href: ui.link(path, { challenge: sent.challenge, flow: handle, method: other }),
      label: isRecovery ? mfa.useTotp : mfa.useRecovery,
    }
    const body = html`${entrance.purposeOf(visit)}${paragraph(isRecovery ? mfa.recoveryText : mfa.text)}${
      sent.alert !== undefined &&
      alert({ text: sent.alert, items: sent.advice === undefined ? [] : [sent.advice] })
    }${form({ action: ui.link(path), hidden: { ...hidden, challenge: sent.challenge, method: sent.method }, content })}${passkeyForm}${ways(
      [...(hasApp ? [otherCode] : []), { href: entrance.loginLink(visit), label: mfa.signInAgain }],
    )}`
    return {
      locale,
      title: isRecovery ? mfa.recoveryHeading : mfa.heading,
      formAction,
      status,
      body,
      script: ui.link(deps.passkeyScript),
    }
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const { flow, challenge, method, passkey } = readQuery(req, query)
        const visit = await entrance.open(req, res, path, flow)
        const found = await deps.findBrowserChallenge(challenge, deps.readDevice(req).origin.device, 'verify')
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
        const device = deps.readDevice(req)
        const found = await deps.findBrowserChallenge(challenge, device.origin.device, 'verify')
        if (found === undefined) return res.redirect(303, entrance.loginLink(visit))
        const shown = await shownFor(visit, challenge, found.account.user.id)
        const again = (status: number, problem: Partial<CodeForm>) =>
          ui.sendPage(res, pageOf(visit, shown, { challenge, method, rememberDevice, ...problem }, status))
        // A recovery code in the field of the app's code is as good as one in its own.
        const shape = codeMethodOf(code)
        const outcome = await deps.completeBrowserChallenge({
          rawChallenge: challenge,
          origin: { ...device.origin, browserSession: browser.readSession(req) },
          rememberDevice,
          prove: deps.proveCode(shape, code),
        })
        switch (outcome.outcome) {
          case 'signed_in':
            device.remember(res)
            return entrance.letIn(res, visit, outcome.given, { rememberMe: outcome.rememberMe })
          case 'wrong':
            return again(refusals.wrong_code(401).status, { errors: [mfa.wrong] })
          case 'locked': {
            const { status, headers } = refusals.locked(outcome)
            res.set(headers)
            const minutes = String(Math.ceil(outcome.retryAfterSeconds / 60))
            return again(status, { alert: mfa.locked, advice: fill(mfa.lockedAdvice, { minutes }) })
          }
          case 'second_factor_required':
          case 'enrolment_required':
            return entrance.askSecondFactor(res, visit, outcome, device)
          default:
            res.redirect(303, entrance.loginLink(visit))
        }
      },
    },
  ]
}
