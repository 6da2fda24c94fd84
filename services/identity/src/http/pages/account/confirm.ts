/** `/account/confirm`: who it is, once more, before a change that matters; then on to the page that asked. @see ASVS 7.5.1 */
import { type Response, type Route, readQuery, requestIp } from '@latchkey/runtime/http'
import { accountName, alert, buttons, field, form, type Html, html, paragraph, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import { normalizePassword } from '../../../domain/password-text.ts'
import type { HasPassword } from '../../../usecases/has-password.ts'
import type { Reauthenticate } from '../../../usecases/reauthenticate.ts'
import type { VouchForSession } from '../../../usecases/vouch-for-session.ts'
import { deviceHashOf } from '../../device.ts'
import { formText } from '../form-fields.ts'
import type { FormProblem } from '../form-problem.ts'
import { answerLocked } from '../locked.ts'
import type { AccountArea, AccountPath, AccountVisit } from './area.ts'
import type { ConfirmCode } from './confirm-code.ts'
import type { ConfirmPasskey } from './confirm-passkey.ts'
import type { ConfirmProvider } from './confirm-provider.ts'
import { confirmNext as next } from './query.ts'

export interface ConfirmPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly reauthenticate: Reauthenticate
  readonly hasPassword: HasPassword
  readonly confirmPasskey: ConfirmPasskey
  readonly confirmProvider: ConfirmProvider
  readonly confirmCode: ConfirmCode
  readonly passkeyScript: `/${string}`
  readonly vouchForSession: VouchForSession
}

const path = '/account/confirm'

export const createConfirmPage = (deps: ConfirmPageDeps): readonly Route[] => {
  const { ui, area, reauthenticate, vouchForSession, confirmPasskey, confirmProvider, confirmCode } = deps

  const passwordForm = (
    visit: AccountVisit,
    leadsTo: AccountPath,
    problem: FormProblem | undefined,
  ): Html => {
    const { words, user } = visit
    const { confirm } = words.account
    const content = html`${accountName(user.email)}${field({
      name: 'password',
      label: words.password,
      type: 'password',
      autocomplete: 'current-password',
      describedBy: problem === undefined ? undefined : 'problem',
      autofocus: true,
    })}${buttons({ label: confirm.submit })}`
    const hidden = { ...visit.hiddenFor(path), next: leadsTo }
    return form({ action: ui.link(path), hidden, content })
  }

  /** Whoever has several ways in is offered each; who has no password has a passkey, or a provider that knows them. */
  const show = async (res: Response, visit: AccountVisit, leadsTo: AccountPath, problem?: FormProblem) => {
    const { words, user } = visit
    const [hasPassword, codeForm, passkeyForm, providerLinks] = await Promise.all([
      deps.hasPassword(user.id),
      confirmCode.formFor(visit, leadsTo),
      confirmPasskey.formFor(visit, leadsTo),
      confirmProvider.linksFor(visit, leadsTo),
    ])
    area.send(res, visit, leadsTo, {
      title: words.account.confirm.heading,
      status: problem?.status ?? 200,
      script: ui.link(deps.passkeyScript),
      body: html`${paragraph(words.account.confirm.text)}${problem !== undefined && alert({ id: 'problem', text: problem.text })}${
        hasPassword && passwordForm(visit, leadsTo, problem)
      }${codeForm}${passkeyForm}${providerLinks}`,
    })
  }

  return [
    area.page({
      path,
      show: (visit, req, res) => {
        const query = readQuery(req, z.object({ next }))
        return show(res, visit, query.next)
      },
    }),
    area.action({
      path,
      page: path,
      fields: z.object({ next, password: formText().transform(normalizePassword) }),
      act: async (visit, { next: leadsTo, password }, req, res) => {
        const { words, user, sessionId } = visit
        const again = (problem: FormProblem) => show(res, visit, leadsTo, problem)
        if (password === '') return again({ status: 400, text: words.passwordMissing })
        const device = deviceHashOf(req)
        const result = await reauthenticate({ userId: user.id, sessionId, device, password })
        if (result.outcome === 'gone') return res.redirect(303, ui.link('/login'))
        if (result.outcome === 'wrong') return again({ status: 400, text: words.account.confirm.wrong })
        if (result.outcome === 'password_reset_required')
          return again({ status: 403, text: words.login.suspended })
        if (result.outcome === 'locked') return again(answerLocked(res, words.account.locked, result))
        await vouchForSession(user.id, sessionId, requestIp(req))
        area.leadBack(res, leadsTo)
      },
    }),
    confirmProvider.route,
    confirmCode.routeWith(show),
    confirmPasskey.routeWith((res, visit, leadsTo) =>
      show(res, visit, leadsTo, { status: 400, text: visit.words.passkeys.refused }),
    ),
  ]
}
