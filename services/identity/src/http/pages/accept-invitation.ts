/**
 * `/invitations/accept`: where the link of an invitation leads. Opening it changes nothing; the button works for who is
 * signed in with the address that the mail went to. Who is not signs in or registers first, and comes back here by the
 * handle of this browser: the token goes into no other URL.
 */
import { type Request, type Response, type Route, readForm, readQuery } from '@latchkey/runtime/http'
import {
  alert,
  type BrowserBinding,
  buttons,
  done,
  fill,
  form,
  html,
  type Locale,
  paragraph,
  type Ui,
  ways,
} from '@latchkey/ui'
import { z } from 'zod'
import type { AcceptInvitation } from '../../usecases/accept-invitation.ts'
import type { BrowserUser, FindBrowserUser } from '../../usecases/find-browser-user.ts'
import type { FindInvitation, InvitationLink } from '../../usecases/find-invitation.ts'
import type { HoldInvitation } from '../../usecases/hold-invitation.ts'
import { organizationRefusals } from '../organization-refusals.ts'
import { entranceFields } from './entrance.ts'
import { linkToken, pageSide } from './form-fields.ts'
import { wordsOf } from './words.ts'

export interface AcceptInvitationPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly findBrowserUser: FindBrowserUser
  readonly findInvitation: FindInvitation
  readonly holdInvitation: HoldInvitation
  readonly acceptInvitation: AcceptInvitation
}

const path = '/invitations/accept'
const linkFields = { token: linkToken(), flow: entranceFields.flow }

interface SentLink {
  readonly token: string
  readonly flow: string
}

const purposeOf = ({ sessionId }: BrowserUser) => `${path}:${sessionId}`

export const createAcceptInvitationPage = (deps: AcceptInvitationPageDeps): readonly Route[] => {
  const { ui, browser, findBrowserUser } = deps

  /** @throws Problem 400 `INVALID_INVITATION` where a handle has led here: the link that it stands for may still work */
  const deadLinkPage = (locale: Locale, link: InvitationLink) => {
    if ('handle' in link) throw organizationRefusals.invalid_invitation()
    const { deadHeading, dead } = wordsOf(locale).invitation
    return { locale, title: deadHeading, status: 400, body: paragraph(dead) }
  }

  const signInPage = (locale: Locale, organization: string, flow: string) => {
    const { heading, signInFirst, signIn, register } = wordsOf(locale).invitation
    const links = ways([
      { href: ui.link('/login', { flow }), label: signIn },
      { href: ui.link('/register', { flow }), label: register },
    ])
    return { locale, title: fill(heading, { organization }), body: html`${paragraph(signInFirst)}${links}` }
  }

  const questionPage = (
    locale: Locale,
    organization: string,
    user: BrowserUser,
    hidden: Record<string, string>,
  ) => {
    const { heading, question, submit, other } = wordsOf(locale).invitation
    const body = html`${paragraph(fill(question, { organization, email: user.user.email }))}
${form({ action: ui.link(path), hidden, content: buttons({ label: submit }) })}
${ways([{ href: ui.link('/account'), label: other }])}`
    return { locale, title: fill(heading, { organization }), body }
  }

  const refusedPage = (locale: Locale, reason: 'wrongAccount' | 'tooMany') => {
    const words = wordsOf(locale).invitation
    const body = html`${alert({ text: words[reason] })}${ways([{ href: ui.link('/account'), label: words.other }])}`
    return { locale, title: words.refusedHeading, status: reason === 'wrongAccount' ? 403 : 409, body }
  }

  const donePage = (locale: Locale) => {
    const words = wordsOf(locale).invitation
    const body = html`${done(words.done)}${ways([{ href: ui.link('/account'), label: words.account }])}`
    return { locale, title: words.doneHeading, body }
  }

  const linkOf = (req: Request, { token, flow }: SentLink): InvitationLink =>
    token === '' && flow !== '' ? { handle: flow, rawBrowser: browser.read(req) ?? '' } : { rawToken: token }

  const show = async (req: Request, res: Response, sent: SentLink): Promise<void> => {
    const locale = ui.localeOf(req)
    const link = linkOf(req, sent)
    const invitation = await deps.findInvitation(link)
    if (invitation === undefined) return ui.sendPage(res, deadLinkPage(locale, link))
    const { organizationName } = invitation
    const rawBrowser = browser.ensure(req, res)
    const user = await findBrowserUser(browser.readSession(req))
    if (user === undefined) {
      const flow = 'handle' in link ? link.handle : deps.holdInvitation(link.rawToken, rawBrowser)
      return ui.sendPage(res, signInPage(locale, organizationName, flow))
    }
    const csrf = browser.csrfToken(purposeOf(user), rawBrowser)
    const hidden = 'handle' in link ? { csrf, flow: link.handle } : { csrf, token: link.rawToken }
    ui.sendPage(res, questionPage(locale, organizationName, user, hidden))
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const query = readQuery(req, z.object({ ...linkFields, done: pageSide() }))
        if (query.done !== undefined) return ui.sendPage(res, donePage(ui.localeOf(req)))
        await show(req, res, query)
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const fields = await readForm(req, z.object({ ...linkFields, csrf: entranceFields.csrf }))
        const user = await findBrowserUser(browser.readSession(req))
        if (user === undefined) return show(req, res, fields)
        browser.verifyForm(req, purposeOf(user), fields.csrf)
        const locale = ui.localeOf(req)
        const link = linkOf(req, fields)
        const { outcome } = await deps.acceptInvitation(link, user.user.id)
        if (outcome === 'invalid') return ui.sendPage(res, deadLinkPage(locale, link))
        if (outcome === 'wrong_account') return ui.sendPage(res, refusedPage(locale, 'wrongAccount'))
        if (outcome === 'too_many') return ui.sendPage(res, refusedPage(locale, 'tooMany'))
        // See Other, so that reloading the next page posts nothing again. @see RFC 9110 §15.4.4
        res.redirect(303, ui.link(path, { done: '1' }))
      },
    },
  ]
}
