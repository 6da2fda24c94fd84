/**
 * `/account/email`: the address of the account, its verification, and another one, which takes effect once both addresses have
 * said yes: by the links of their mails, or by their codes typed here.
 */
import { type Response, type Route, readQuery, requestIp } from '@latchkey/runtime/http'
import { alert, buttons, done, facts, field, form, type Html, html, paragraph, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import { parseEmailAddress } from '../../../domain/email-address.ts'
import type { OpenEmailChange } from '../../../domain/email-change.ts'
import type { ConfirmEmailChange } from '../../../usecases/confirm-email-change.ts'
import type { RequestEmailChange } from '../../../usecases/request-email-change.ts'
import type { VerifyEmail } from '../../../usecases/verify-email.ts'
import { deviceHashOf } from '../../device.ts'
import { formText } from '../form-fields.ts'
import type { FormProblem } from '../form-problem.ts'
import { answerLocked } from '../locked.ts'
import { sentencesOf } from '../words.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { accountQuery } from './query.ts'

export interface EmailPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly requestEmailChange: RequestEmailChange
  readonly emailChange: ConfirmEmailChange
  readonly verifyEmail: VerifyEmail
}

const path = '/account/email'
const codePath = '/account/email/code'
const cancelPath = '/account/email/cancel'

interface EmailProblem extends FormProblem {
  /** What was sent as the new address. */
  readonly email?: string
  readonly errors?: readonly string[]
}

export const createEmailPage = (deps: EmailPageDeps): readonly Route[] => {
  const { ui, area, requestEmailChange, emailChange, verifyEmail } = deps

  const codeForm = (visit: AccountVisit): Html => {
    const { email: words } = visit.words.account
    const content = html`${field({
      name: 'code',
      label: words.code,
      type: 'text',
      autocomplete: 'one-time-code',
      code: true,
    })}${buttons({ label: words.confirm })}`
    return form({ action: ui.link(codePath), hidden: visit.hiddenFor(codePath), content })
  }

  const newAddressForm = (visit: AccountVisit, { email = '', errors = [] }: Partial<EmailProblem>): Html => {
    const { email: words } = visit.words.account
    const content = html`${field({
      name: 'email',
      label: words.newAddress,
      type: 'email',
      autocomplete: 'email',
      value: email,
      errors,
    })}${buttons({ label: words.change })}`
    return form({ action: ui.link(path), hidden: visit.hiddenFor(path), content })
  }

  const waiting = (visit: AccountVisit, open: OpenEmailChange): Html => {
    const { email: words } = visit.words.account
    const state = (isConfirmed: boolean) => (isConfirmed ? words.saidYes : words.waits)
    return html`${paragraph(words.pending)}${facts([
      [words.old, html`${visit.user.email} (${state(open.isOldConfirmed)})`],
      [words.new, html`${open.email} (${state(open.isNewConfirmed)})`],
    ])}${codeForm(visit)}${form({
      action: ui.link(cancelPath),
      hidden: visit.hiddenFor(cancelPath),
      content: buttons({ label: words.cancel, other: true }),
    })}`
  }

  const send = async (res: Response, visit: AccountVisit, didWhat?: string, problem?: EmailProblem) => {
    const { user, words } = visit
    const { email: own, profile } = words.account
    const open = await emailChange.findOpen(user.id)
    const isVerified = user.emailVerifiedAt !== undefined
    const told = didWhat !== undefined && done(didWhat === 'changed' ? own.changed : words.account.saved)
    const now = facts([
      [words.email, html`${user.email} (${isVerified ? profile.verified : profile.unverified})`],
    ])
    const verification =
      isVerified || open !== undefined
        ? undefined
        : html`${paragraph(own.verify)}${codeForm(visit)}<p><a href="${ui.link('/verify-email')}">${words.verify.resend}</a></p>`
    const body = html`${told}${problem !== undefined && alert({ text: problem.text })}${now}${
      open === undefined
        ? html`${verification}${paragraph(own.text)}${newAddressForm(visit, problem ?? {})}`
        : waiting(visit, open)
    }`
    area.send(res, visit, path, { title: own.label, body, status: problem?.status ?? 200 })
  }

  /** A code is of the change that waits, else of the verification of the present address. */
  const takeCode = async (visit: AccountVisit, code: string, device: ReturnType<typeof deviceHashOf>) => {
    const { user } = visit
    if ((await emailChange.findOpen(user.id)) !== undefined)
      return emailChange.byCode({ userId: user.id, code, device })
    return verifyEmail.byCode({ emailKey: user.emailKey, code, device })
  }

  return [
    area.page({
      path,
      show: (visit, req, res) => send(res, visit, readQuery(req, accountQuery).done),
    }),
    area.action({
      path,
      page: path,
      recent: true,
      fields: z.object({ email: formText() }),
      act: async (visit, { email }, req, res) => {
        const { words, user, sessionId, locale } = visit
        const again = (status: number, errors: readonly string[]) =>
          send(res, visit, undefined, { status, text: words.check, email, errors })
        const address = parseEmailAddress(email)
        if (address.outcome === 'refused') return again(400, sentencesOf(words, address.violations))
        const request = { user, sessionId, email: address.value, locale, askedFrom: requestIp(req) }
        const { outcome } = await requestEmailChange(request)
        if (outcome === 'unchanged') return again(400, [words.account.email.unchanged])
        if (outcome === 'email_exists') return again(409, [words.register.emailExists])
        area.leadBack(res, path)
      },
    }),
    area.action({
      path: codePath,
      page: path,
      fields: z.object({ code: formText() }),
      act: async (visit, { code }, req, res) => {
        const { words } = visit
        const result = await takeCode(visit, code, deviceHashOf(req))
        if (result.outcome === 'locked')
          return send(res, visit, undefined, answerLocked(res, words.account.locked, result))
        if (result.outcome === 'invalid')
          return send(res, visit, undefined, { status: 400, text: words.verify.wrong })
        if (result.outcome === 'taken')
          return send(res, visit, undefined, { status: 409, text: words.register.emailExists })
        area.leadBack(res, path, result.outcome === 'changed' ? 'changed' : 'saved')
      },
    }),
    area.action({
      path: cancelPath,
      page: path,
      fields: z.object({}),
      act: async ({ user }, _form, _req, res) => {
        await emailChange.cancel(user.id)
        area.leadBack(res, path)
      },
    }),
  ]
}
