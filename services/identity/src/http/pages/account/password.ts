/** `/account/password`: another password, by who knows the present one. Who has none is sent a link to choose one. */
import { type Route, readQuery } from '@latchkey/runtime/http'
import {
  accountName,
  alert,
  buttons,
  done,
  field,
  form,
  type Html,
  html,
  paragraph,
  type Ui,
} from '@latchkey/ui'
import { z } from 'zod'
import type { PasswordPolicy } from '../../../domain/password-policy.ts'
import { normalizePassword } from '../../../domain/password-text.ts'
import type { ChangePassword } from '../../../usecases/change-password.ts'
import type { HasPassword } from '../../../usecases/has-password.ts'
import { deviceHashOf } from '../../device.ts'
import { formText } from '../form-fields.ts'
import { answerLocked } from '../locked.ts'
import { sentencesOf } from '../words.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { accountQuery } from './query.ts'

export interface PasswordPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly policy: PasswordPolicy
  readonly policyName: 'archon' | 'nist'
  readonly hasPassword: HasPassword
  readonly changePassword: ChangePassword
}

const path = '/account/password'

interface Errors {
  readonly status: number
  readonly current?: readonly string[]
  readonly chosen?: readonly string[]
  readonly alert?: string
}

export const createPasswordPage = (deps: PasswordPageDeps): readonly Route[] => {
  const { ui, area, policy, policyName, hasPassword, changePassword } = deps

  const changeForm = (visit: AccountVisit, errors: Partial<Errors>): Html => {
    const { words, user } = visit
    const content = html`${accountName(user.email)}${field({
      name: 'current_password',
      label: words.account.password.current,
      type: 'password',
      autocomplete: 'current-password',
      errors: errors.current ?? [],
    })}${field({
      name: 'new_password',
      label: words.newPassword,
      type: 'password',
      autocomplete: 'new-password',
      hint: words.passwordHint[policyName],
      errors: errors.chosen ?? [],
    })}${buttons({ label: words.account.password.submit })}`
    return form({ action: ui.link(path), hidden: visit.hiddenFor(path), content })
  }

  const page = (visit: AccountVisit, body: Html, status = 200) => ({
    title: visit.words.account.password.label,
    body,
    status,
  })

  const refused = (visit: AccountVisit, errors: Errors) => {
    const text = errors.alert ?? visit.words.check
    return page(visit, html`${alert({ text })}${changeForm(visit, errors)}`, errors.status)
  }

  return [
    area.page({
      path,
      show: async (visit, req, res) => {
        const { words, user } = visit
        const isDone = readQuery(req, accountQuery).done !== undefined
        const body = (await hasPassword(user.id))
          ? html`${isDone && done(words.account.password.done)}${changeForm(visit, {})}`
          : html`${paragraph(words.account.password.none)}<p><a href="${ui.link('/forgot-password')}">${words.account.password.choose}</a></p>`
        area.send(res, visit, path, page(visit, body))
      },
    }),
    area.action({
      path,
      page: path,
      fields: z.object({
        current_password: formText().transform(normalizePassword),
        new_password: formText().transform(normalizePassword),
      }),
      act: async (visit, { current_password: currentPassword, new_password: newPassword }, req, res) => {
        const { words, user, sessionId } = visit
        const again = (errors: Errors) => area.send(res, visit, path, refused(visit, errors))
        const broken = policy.check(newPassword)
        if (currentPassword === '' || broken.length > 0) {
          const current = currentPassword === '' ? [words.passwordMissing] : []
          return again({ status: 400, current, chosen: sentencesOf(words, broken) })
        }
        const device = deviceHashOf(req)
        const result = await changePassword({
          userId: user.id,
          sessionId,
          device,
          currentPassword,
          newPassword,
        })
        if (result.outcome === 'gone') return res.redirect(303, ui.link('/login'))
        if (result.outcome === 'wrong') return again({ status: 400, current: [words.account.password.wrong] })
        if (result.outcome === 'password_refused')
          return again({ status: 400, chosen: sentencesOf(words, result.violations) })
        if (result.outcome === 'password_reset_required')
          return again({ status: 403, alert: words.login.suspended })
        if (result.outcome === 'locked') {
          const { status, text } = answerLocked(res, words.account.locked, result)
          return again({ status, alert: text })
        }
        area.leadBack(res, path, 'changed')
      },
    }),
  ]
}
