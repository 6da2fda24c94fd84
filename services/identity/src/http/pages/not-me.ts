/**
 * `/sessions/not-me`: where the link of a notice leads, for the owner who did not do what it tells of; of a session under
 * review they may also say that it is theirs. Opening it changes nothing, so a mail scanner signs nobody out. The form needs
 * no other proof of where it comes from: who has no token of somebody's mail can't do anything with it.
 */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import { buttons, done, form, html, type Locale, paragraph, type Ui, ways } from '@latchkey/ui'
import { z } from 'zod'
import type { NotMeSubject } from '../../domain/not-me-link.ts'
import type { ConfirmSession } from '../../usecases/confirm-session.ts'
import type { DisownSession } from '../../usecases/disown-session.ts'
import { linkToken, pageSide } from './form-fields.ts'
import { wordsOf } from './words.ts'

export interface NotMePageDeps {
  readonly ui: Ui
  readonly findNotMeLink: (rawToken: string) => Promise<NotMeSubject | undefined>
  readonly disownSession: DisownSession
  readonly confirmSession: ConfirmSession
}

export const notMePath = '/sessions/not-me'

const token = linkToken()
const decision = z.enum(['me', 'not_me']).default('not_me')

export const createNotMePage = (deps: NotMePageDeps): readonly Route[] => {
  const { ui } = deps

  const questionPage = (locale: Locale, rawToken: string, isUnderReview: boolean) => {
    const words = wordsOf(locale).notMe
    const heading = isUnderReview ? words.reviewHeading : words.heading
    const text = isUnderReview ? words.reviewText : words.text
    const notMe = { label: words.submit, sends: { name: 'decision', value: 'not_me' } }
    const me = { label: words.me, sends: { name: 'decision', value: 'me' }, other: true }
    const content = isUnderReview ? buttons(notMe, me) : buttons(notMe)
    const body = html`${paragraph(text)}${form({ action: ui.link(notMePath), hidden: { token: rawToken }, content })}`
    return { locale, title: heading, body }
  }

  const deadLinkPage = (locale: Locale) => {
    const { deadHeading, dead, reset } = wordsOf(locale).notMe
    const body = html`${paragraph(dead)}${ways([{ href: ui.link('/forgot-password'), label: reset }])}`
    return { locale, title: deadHeading, status: 400, body }
  }

  const confirmedPage = (locale: Locale) => {
    const { meHeading, meDone, meNext } = wordsOf(locale).notMe
    return { locale, title: meHeading, body: html`${done(meDone)}${paragraph(meNext)}` }
  }

  const disownedPage = (locale: Locale, hasPassword: boolean) => {
    const { doneHeading, ...words } = wordsOf(locale).notMe
    const [text, next] = hasPassword ? [words.done, words.next] : [words.endedDone, words.endedNext]
    return { locale, title: doneHeading, body: html`${done(text)}${paragraph(next)}` }
  }

  return [
    {
      method: 'GET',
      path: notMePath,
      handler: async (req, res) => {
        const query = readQuery(req, z.object({ token, done: pageSide() }))
        const locale = ui.localeOf(req)
        if (query.done !== undefined)
          return ui.sendPage(
            res,
            query.done === 'me' ? confirmedPage(locale) : disownedPage(locale, query.done !== 'ended'),
          )
        const link = await deps.findNotMeLink(query.token)
        if (link === undefined) return ui.sendPage(res, deadLinkPage(locale))
        ui.sendPage(res, questionPage(locale, query.token, link.flaggedAt !== undefined))
      },
    },
    {
      method: 'POST',
      path: notMePath,
      handler: async (req, res) => {
        const fields = await readForm(req, z.object({ token, decision }))
        const locale = ui.localeOf(req)
        const outcome =
          fields.decision === 'me'
            ? await deps.confirmSession(fields.token)
            : await deps.disownSession(fields.token, locale)
        if (outcome === 'invalid_token') return ui.sendPage(res, deadLinkPage(locale))
        // See Other, so that reloading the next page posts nothing again. @see RFC 9110 §15.4.4
        res.redirect(
          303,
          ui.link(notMePath, { done: outcome === 'disowned_without_password' ? 'ended' : fields.decision }),
        )
      },
    },
  ]
}
