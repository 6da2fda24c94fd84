/**
 * `/sessions/not-me`: where the link of a notice leads, for the owner who did not do what it tells of. Opening it changes
 * nothing, so a mail scanner signs nobody out. The form needs no other proof of where it comes from: who has no token of
 * somebody's mail can't do anything with it.
 */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import { buttons, done, form, html, type Locale, paragraph, type Ui, ways } from '@latchkey/ui'
import { z } from 'zod'
import type { DisownSession } from '../../usecases/disown-session.ts'
import { wordsOf } from './words.ts'

export interface NotMePageDeps {
  readonly ui: Ui
  readonly isNotMeTokenUsable: (rawToken: string) => Promise<boolean>
  readonly disownSession: DisownSession
}

export const notMePath = '/sessions/not-me'

const token = z.string().max(512).default('')

export const createNotMePage = (deps: NotMePageDeps): readonly Route[] => {
  const { ui } = deps

  const questionPage = (locale: Locale, rawToken: string) => {
    const { heading, text, submit } = wordsOf(locale).notMe
    const content = buttons({ label: submit })
    const body = html`${paragraph(text)}${form({ action: ui.link(notMePath), hidden: { token: rawToken }, content })}`
    return { locale, title: heading, body }
  }

  const deadLinkPage = (locale: Locale) => {
    const { deadHeading, dead, reset } = wordsOf(locale).notMe
    const body = html`${paragraph(dead)}${ways([{ href: ui.link('/forgot-password'), label: reset }])}`
    return { locale, title: deadHeading, status: 400, body }
  }

  const donePage = (locale: Locale) => {
    const { doneHeading, done: text, next } = wordsOf(locale).notMe
    return { locale, title: doneHeading, body: html`${done(text)}${paragraph(next)}` }
  }

  return [
    {
      method: 'GET',
      path: notMePath,
      handler: async (req, res) => {
        const query = readQuery(req, z.object({ token, done: z.string().max(16).optional() }))
        const locale = ui.localeOf(req)
        if (query.done !== undefined) return ui.sendPage(res, donePage(locale))
        const isUsable = await deps.isNotMeTokenUsable(query.token)
        ui.sendPage(res, isUsable ? questionPage(locale, query.token) : deadLinkPage(locale))
      },
    },
    {
      method: 'POST',
      path: notMePath,
      handler: async (req, res) => {
        const fields = await readForm(req, z.object({ token }))
        const locale = ui.localeOf(req)
        const outcome = await deps.disownSession(fields.token, locale)
        if (outcome === 'invalid_token') return ui.sendPage(res, deadLinkPage(locale))
        // See Other, so that reloading the next page posts nothing again. @see RFC 9110 §15.4.4
        res.redirect(303, ui.link(notMePath, { done: '1' }))
      },
    },
  ]
}
