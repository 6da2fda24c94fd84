/** The part of `/account/confirm` for who has an authenticator app: a code of it is as good a proof as the password. */
import { type Response, type Route, requestIp } from '@latchkey/runtime/http'
import { buttons, field, form, type Html, html, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { ManageFactors } from '../../../usecases/manage-factors.ts'
import type { ReauthenticateWithCode } from '../../../usecases/reauthenticate-with-code.ts'
import type { VouchForSession } from '../../../usecases/vouch-for-session.ts'
import { deviceHashOf } from '../../device.ts'
import { formText } from '../form-fields.ts'
import type { FormProblem } from '../form-problem.ts'
import { answerLocked } from '../locked.ts'
import type { AccountArea, AccountPath, AccountVisit } from './area.ts'
import { confirmNext as next } from './query.ts'

export interface ConfirmCodeDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly manageFactors: ManageFactors
  readonly reauthenticateWithCode: ReauthenticateWithCode
  readonly vouchForSession: VouchForSession
}

const path = '/account/confirm/code'

type ShowAgain = (
  res: Response,
  visit: AccountVisit,
  leadsTo: AccountPath,
  problem: FormProblem,
) => Promise<void>

export const createConfirmCode = (deps: ConfirmCodeDeps) => ({
  /** Undefined for who has no app. */
  formFor: async (visit: AccountVisit, leadsTo: AccountPath): Promise<Html | undefined> => {
    const { words, user } = visit
    const { factors } = await deps.manageFactors.list(user.id)
    if (!factors.some(({ method }) => method === 'totp')) return undefined
    const content = html`${field({
      name: 'code',
      label: words.mfa.code,
      type: 'text',
      autocomplete: 'one-time-code',
      code: true,
    })}${buttons({ label: words.account.confirm.submit })}`
    return form({
      action: deps.ui.link(path),
      hidden: { ...visit.hiddenFor(path), next: leadsTo },
      content,
    })
  },

  routeWith: (showAgain: ShowAgain): Route =>
    deps.area.action({
      path,
      page: '/account/confirm',
      fields: z.object({ next, code: formText() }),
      act: async (visit, { next: leadsTo, code }, req, res) => {
        const { words, user, sessionId } = visit
        const device = deviceHashOf(req)
        const result = await deps.reauthenticateWithCode({ userId: user.id, sessionId, device, code })
        if (result.outcome === 'gone') return res.redirect(303, deps.ui.link('/login'))
        if (result.outcome === 'wrong')
          return showAgain(res, visit, leadsTo, { status: 400, text: words.mfa.wrong })
        if (result.outcome === 'locked')
          return showAgain(res, visit, leadsTo, answerLocked(res, words.account.locked, result))
        await deps.vouchForSession(user.id, sessionId, requestIp(req))
        deps.area.leadBack(res, leadsTo)
      },
    }),
})

export type ConfirmCode = ReturnType<typeof createConfirmCode>
