/** `/account/confirm`: who it is, once more, before a change that matters; then on to the page that asked. @see ASVS 7.5.1 */
import { type Route, readQuery } from '@latchkey/runtime/http'
import { alert, buttons, field, fill, form, html, paragraph, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import { normalizePassword } from '../../../domain/password-text.ts'
import type { Reauthenticate } from '../../../usecases/reauthenticate.ts'
import { deviceHashOf } from '../../device.ts'
import { formText } from '../entrance.ts'
import { type AccountArea, type AccountVisit, parseNext } from './area.ts'

export interface ConfirmPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly reauthenticate: Reauthenticate
}

const path = '/account/confirm'

const next = z.string().max(128).default('').transform(parseNext)

interface Problem {
  readonly status: number
  readonly text: string
}

export const createConfirmPage = ({ ui, area, reauthenticate }: ConfirmPageDeps): readonly Route[] => {
  const page = (visit: AccountVisit, leadsTo: string, problem?: Problem) => {
    const { words } = visit
    const { confirm } = words.account
    const content = html`${field({
      name: 'password',
      label: words.password,
      type: 'password',
      autocomplete: 'current-password',
      describedBy: problem === undefined ? undefined : 'problem',
      autofocus: true,
    })}${buttons({ label: confirm.submit })}`
    const body = html`${paragraph(confirm.text)}${problem !== undefined && alert({ id: 'problem', text: problem.text })}${form(
      {
        action: ui.link(path),
        hidden: { ...visit.hiddenFor(path), next: leadsTo },
        content,
      },
    )}`
    return { title: confirm.heading, body, status: problem?.status ?? 200 }
  }

  return [
    area.page({
      path,
      show: (visit, req, res) => {
        const query = readQuery(req, z.object({ next }))
        area.send(res, visit, query.next, page(visit, query.next))
      },
    }),
    area.action({
      path,
      page: path,
      fields: z.object({ next, password: formText().transform(normalizePassword) }),
      act: async (visit, { next: leadsTo, password }, req, res) => {
        const { words, user, sessionId } = visit
        const again = (problem: Problem) => area.send(res, visit, leadsTo, page(visit, leadsTo, problem))
        if (password === '') return again({ status: 400, text: words.passwordMissing })
        const device = deviceHashOf(req)
        const result = await reauthenticate({ userId: user.id, sessionId, device, password })
        if (result.outcome === 'gone') return res.redirect(303, ui.link('/login'))
        if (result.outcome === 'wrong') return again({ status: 400, text: words.account.confirm.wrong })
        if (result.outcome === 'password_reset_required')
          return again({ status: 403, text: words.login.suspended })
        if (result.outcome === 'locked') {
          res.set('Retry-After', String(result.retryAfterSeconds))
          const minutes = String(Math.ceil(result.retryAfterSeconds / 60))
          return again({ status: 429, text: fill(words.account.locked, { minutes }) })
        }
        area.leadBack(res, leadsTo)
      },
    }),
  ]
}
