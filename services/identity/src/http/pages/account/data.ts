/** `/account/data`: all that there is about somebody, to take away; and the end of the account. */
import type { Route } from '@latchkey/runtime/http'
import type { BrowserBinding } from '@latchkey/ui'
import { accountName, alert, buttons, field, form, html, paragraph, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import { normalizePassword } from '../../../domain/password-text.ts'
import type { DeleteAccount } from '../../../usecases/delete-account.ts'
import type { ExportData } from '../../../usecases/export-data.ts'
import type { FindSignedOutPage } from '../../../usecases/find-signed-out-page.ts'
import type { HasPassword } from '../../../usecases/has-password.ts'
import { deviceHashOf } from '../../device.ts'
import { exportHeaders, exportJson } from '../../export-json.ts'
import { formText } from '../form-fields.ts'
import { answerLocked } from '../locked.ts'
import type { AccountArea, AccountVisit } from './area.ts'

export interface DataPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly area: AccountArea
  readonly exportData: ExportData
  readonly deleteAccount: DeleteAccount
  readonly hasPassword: HasPassword
  readonly findSignedOutPage: FindSignedOutPage
}

const path = '/account/data'
const downloadPath = '/account/data/download'
const deletePath = '/account/data/delete'

interface Problem {
  readonly status: number
  readonly text: string
}

export const createDataPage = (deps: DataPageDeps): readonly Route[] => {
  const { ui, browser, area, exportData, deleteAccount, hasPassword, findSignedOutPage } = deps

  const page = async (visit: AccountVisit, problem?: Problem) => {
    const { words, user } = visit
    const { data } = words.account
    const download = form({
      action: ui.link(downloadPath),
      hidden: visit.hiddenFor(downloadPath),
      content: buttons({ label: data.download }),
    })
    const password = field({
      name: 'password',
      label: words.password,
      type: 'password',
      autocomplete: 'current-password',
      describedBy: problem === undefined ? undefined : 'problem',
    })
    const remove = form({
      action: ui.link(deletePath),
      hidden: visit.hiddenFor(deletePath),
      content: html`${(await hasPassword(user.id)) && html`${accountName(user.email)}${password}`}${buttons({ label: data.delete, other: true })}`,
    })
    const body = html`${paragraph(data.downloadText)}${download}<h2>${data.deleteHeading}</h2>${paragraph(data.deleteText)}${
      problem !== undefined && alert({ id: 'problem', text: problem.text })
    }${remove}`
    return { title: data.label, body, status: problem?.status ?? 200 }
  }

  return [
    area.page({ path, show: async (visit, _req, res) => area.send(res, visit, path, await page(visit)) }),
    area.action({
      path: downloadPath,
      page: path,
      recent: true,
      fields: z.object({}),
      act: async ({ user, locale }, _form, _req, res) => {
        const exported = await exportData(user.id, locale)
        if (exported === undefined) return res.redirect(303, ui.link('/login'))
        res.set(exportHeaders).json(exportJson(exported))
      },
    }),
    area.action({
      path: deletePath,
      page: path,
      recent: true,
      fields: z.object({ password: formText().transform(normalizePassword) }),
      act: async (visit, form, req, res) => {
        const { words, user, sessionId } = visit
        const again = async (problem: Problem) => area.send(res, visit, path, await page(visit, problem))
        const password = form.password === '' ? undefined : form.password
        const device = deviceHashOf(req)
        const signedOut = await findSignedOutPage(sessionId, browser.ensure(req, res))
        const result = await deleteAccount({ userId: user.id, sessionId, device, password })
        if (result.outcome === 'wrong') return again({ status: 400, text: words.account.confirm.wrong })
        if (result.outcome === 'password_missing') return again({ status: 400, text: words.passwordMissing })
        if (result.outcome === 'locked') return again(answerLocked(res, words.account.locked, result))
        if (result.outcome === 'reauthentication_required')
          return res.redirect(303, ui.link('/account/confirm', { next: path }))
        browser.clearSession(res)
        res.redirect(303, signedOut ?? ui.link('/login'))
      },
    }),
  ]
}
