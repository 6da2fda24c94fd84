/** `/account/sessions`: where one is signed in, and the end of each of them. */
import { type Route, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import { buttons, done, fill, form, type Html, html, list, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { SessionId, UserId } from '../../../domain/ids.ts'
import type { ListedSession } from '../../../domain/listed-session.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { timeOf } from './dates.ts'
import { accountQuery } from './query.ts'

export interface SessionsPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly ownSessions: {
    list(userId: UserId): Promise<readonly ListedSession[]>
    /** Of another user, or none: nothing. */
    end(userId: UserId, id: SessionId): Promise<void>
    endOthers(userId: UserId, kept: SessionId): Promise<void>
  }
}

const path = '/account/sessions'
const endPath = '/account/sessions/end'
const endOthersPath = '/account/sessions/end-others'

export const createSessionsPage = ({ ui, area, ownSessions }: SessionsPageDeps): readonly Route[] => {
  const entry = (visit: AccountVisit, session: ListedSession): { term: Html; detail: Html } => {
    const { words, locale, sessionId } = visit
    const { sessions } = words.account
    const isCurrent = session.id === sessionId
    const lastUsed = fill(sessions.lastUsed, {
      time: timeOf(locale, session.lastAccessedAt),
      address: session.ipAddress === '' ? sessions.unknownAddress : session.ipAddress,
    })
    const review = (until: Date): Html =>
      html` ${fill(sessions.review, { time: timeOf(locale, until) })} <a href="${ui.link('/account/confirm', { next: path })}">${sessions.confirm}</a>`
    const end = form({
      action: ui.link(endPath),
      hidden: { ...visit.hiddenFor(endPath), session_id: session.id },
      // Screen readers hear which one.
      content: buttons({ label: fill(sessions.end, { device: session.device }), other: true }),
    })
    return {
      term: html`<strong>${session.device}</strong>${isCurrent && html` (${sessions.current})`}`,
      detail: html`${lastUsed}${session.review !== undefined && review(session.review.until)}${!isCurrent && end}`,
    }
  }

  return [
    area.page({
      path,
      show: async (visit, req, res) => {
        const { words, user, sessionId } = visit
        const sessions = await ownSessions.list(user.id)
        const hasOthers = sessions.some(({ id }) => id !== sessionId)
        const endOthers = form({
          action: ui.link(endOthersPath),
          hidden: visit.hiddenFor(endOthersPath),
          content: buttons({ label: words.account.sessions.endOthers }),
        })
        const isDone = readQuery(req, accountQuery).done !== undefined
        const body = html`${isDone && done(words.account.sessions.done)}${list(sessions.map(session => entry(visit, session)))}${hasOthers && endOthers}`
        area.send(res, visit, path, { title: words.account.sessions.label, body })
      },
    }),
    area.action({
      path: endPath,
      page: path,
      fields: z.object({ session_id: z.string().max(64).default('') }),
      act: async ({ user }, { session_id }, _req, res) => {
        // One that is not theirs, or not any more, is no news: the list shows what there is.
        if (isUuid(session_id)) await ownSessions.end(user.id, session_id as SessionId)
        area.leadBack(res, path, 'ended')
      },
    }),
    area.action({
      path: endOthersPath,
      page: path,
      fields: z.object({}),
      act: async ({ user, sessionId }, _form, _req, res) => {
        await ownSessions.endOthers(user.id, sessionId)
        area.leadBack(res, path, 'ended')
      },
    }),
  ]
}
