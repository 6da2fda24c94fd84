/**
 * `/mfa/enrol`: for who must have a second factor and has none. The app is set up on the way in, and the recovery codes
 * stand on the same page: who leaves it has both.
 */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import { alert, buttons, field, form, html, paragraph, type Ui, ways } from '@latchkey/ui'
import { z } from 'zod'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { EnrolAtSignIn } from '../../usecases/enrol-at-sign-in.ts'
import type { TotpSecret } from '../../usecases/enrol-totp.ts'
import type { ProposeRecoveryCodes, RecoveryCodeProposal } from '../../usecases/propose-recovery-codes.ts'
import { refusals } from '../refusals.ts'
import type { ReadBrowserDevice } from './browser-device.ts'
import { concludeSecondFactor } from './conclude-second-factor.ts'
import { type Entrance, entranceFields, entranceQuery, type Visit } from './entrance.ts'
import { formHandle, formText } from './form-fields.ts'
import { answerLocked } from './locked.ts'
import { appSecret } from './qr-picture.ts'
import { recoveryCodeList } from './recovery-code-list.ts'

export interface MfaEnrolPageDeps {
  readonly ui: Ui
  readonly entrance: Entrance
  readonly readBrowserDevice: ReadBrowserDevice
  readonly enrolAtBrowserSignIn: EnrolAtSignIn<BrowserSession>
  readonly recoveryCodeProposals: ProposeRecoveryCodes
}

const path = '/mfa/enrol'

const challenge = formHandle()

const query = entranceQuery.extend({ challenge })
const fields = z.object({
  ...entranceFields,
  challenge,
  code: formText(),
  codes: z.string().max(4_096).default(''),
})

interface Shown {
  readonly challenge: string
  readonly secret: TotpSecret
  readonly proposal: RecoveryCodeProposal
  readonly error?: string
}

export const createMfaEnrolPage = (deps: MfaEnrolPageDeps): readonly Route[] => {
  const { ui, entrance, enrolAtBrowserSignIn, recoveryCodeProposals } = deps

  const pageOf = (visit: Visit, { challenge, secret, proposal, error }: Shown, status = 200) => {
    const { words, locale, formAction, hidden } = visit
    const { enrol, mfa } = words
    const content = html`${field({
      name: 'code',
      label: mfa.code,
      type: 'text',
      autocomplete: 'one-time-code',
      code: true,
      errors: error === undefined ? [] : [error],
    })}${buttons({ label: enrol.submit })}`
    const body = html`${entrance.purposeOf(visit)}${paragraph(enrol.demanded)}${
      error !== undefined && alert({ text: error })
    }${appSecret(secret, enrol)}<h2>${enrol.codesHeading}</h2>${paragraph(enrol.codesText)}${recoveryCodeList(proposal.codes)}${form(
      { action: ui.link(path), hidden: { ...hidden, challenge, codes: proposal.sealed }, content },
    )}${ways([{ href: entrance.loginLink(visit), label: mfa.signInAgain }])}`
    return { locale, title: enrol.heading, formAction, status, body }
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const { flow, challenge } = readQuery(req, query)
        const visit = await entrance.open(req, res, path, flow)
        const shown = await enrolAtBrowserSignIn.show(challenge, deps.readBrowserDevice(req).origin)
        if (shown === undefined) return res.redirect(303, entrance.loginLink(visit))
        const proposal = await recoveryCodeProposals.propose(shown.userId)
        ui.sendPage(res, pageOf(visit, { challenge, secret: shown.secret, proposal }))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { csrf, flow, challenge, code, codes } = await readForm(req, fields)
        const visit = await entrance.receive(req, path, { csrf, flow })
        const device = deps.readBrowserDevice(req)
        const begun = await enrolAtBrowserSignIn.show(challenge, device.origin)
        const proposal = begun && recoveryCodeProposals.open(begun.userId, codes)
        // Over, or its codes are: the way in begins anew.
        if (begun === undefined || proposal === undefined) return res.redirect(303, entrance.loginLink(visit))
        const again = (status: number, error: string) =>
          ui.sendPage(res, pageOf(visit, { challenge, secret: begun.secret, proposal, error }, status))
        const outcome = await enrolAtBrowserSignIn.complete({
          rawChallenge: challenge,
          origin: device.origin,
          code,
          recoveryCodes: proposal,
        })
        if (outcome.outcome === 'wrong') return again(refusals.wrong_code(400).status, visit.words.mfa.wrong)
        if (outcome.outcome === 'locked') {
          const { status, text } = answerLocked(res, visit.words.mfa.lockedAdvice, outcome)
          return again(status, text)
        }
        concludeSecondFactor(entrance, { res, visit, device }, outcome)
      },
    },
  ]
}
