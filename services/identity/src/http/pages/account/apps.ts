/** `/account/apps`: the applications that can act for somebody, what each of them may do, and its end. */
import { type Route, readQuery } from '@latchkey/runtime/http'
import { buttons, done, fill, form, type Html, html, list, paragraph, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { ConnectedApp } from '../../../domain/connected-app.ts'
import type { UserId } from '../../../domain/ids.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { dayOf } from './dates.ts'
import { accountQuery } from './query.ts'

export interface AppsPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly connectedApps: {
    list(userId: UserId, locale: string): Promise<readonly ConnectedApp[]>
    /** Idempotent. */
    disconnect(userId: UserId, clientId: string): Promise<void>
  }
}

const path = '/account/apps'
const disconnectPath = '/account/apps/disconnect'

export const createAppsPage = ({ ui, area, connectedApps }: AppsPageDeps): readonly Route[] => {
  const entry = (visit: AccountVisit, app: ConnectedApp): { term: Html; detail: Html } => {
    const { words, locale } = visit
    const { apps } = words.account
    const disconnect = form({
      action: ui.link(disconnectPath),
      hidden: { ...visit.hiddenFor(disconnectPath), client_id: app.clientId },
      content: buttons({ label: fill(apps.disconnect, { client: app.name }), other: true }),
    })
    return {
      term: html`<strong>${app.name}</strong>`,
      detail: html`${fill(apps.since, { day: dayOf(locale, app.connectedAt) })}${
        app.permissions.length > 0 && html`<ul>${app.permissions.map(each => html`<li>${each}</li>`)}</ul>`
      }${disconnect}`,
    }
  }

  return [
    area.page({
      path,
      show: async (visit, req, res) => {
        const { words, locale, user } = visit
        const apps = await connectedApps.list(user.id, locale)
        const isDone = readQuery(req, accountQuery).done !== undefined
        const body = html`${isDone && done(words.account.apps.done)}${
          apps.length === 0 ? paragraph(words.account.apps.none) : list(apps.map(app => entry(visit, app)))
        }`
        area.send(res, visit, path, { title: words.account.apps.label, body })
      },
    }),
    area.action({
      path: disconnectPath,
      page: path,
      fields: z.object({ client_id: z.string().min(1).max(256) }),
      act: async ({ user }, { client_id }, _req, res) => {
        await connectedApps.disconnect(user.id, client_id)
        area.leadBack(res, path, 'disconnected')
      },
    }),
  ]
}
