/**
 * What the account pages have in common: they are for who is signed in in this browser, their forms belong to that session
 * and to one action, and some of them ask for a proof of who it is that is not old. Each page answers a form with 303.
 */
import type { Request, Response } from '@latchkey/runtime/http'
import { type Route, readForm } from '@latchkey/runtime/http'
import { type BrowserBinding, type HtmlValue, html, type Locale, sectionList, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { BrowserUser, FindBrowserUser } from '../../../usecases/find-browser-user.ts'
import type { IsRecentlyAuthenticated } from '../../../usecases/is-recently-authenticated.ts'
import { entranceFields } from '../entrance.ts'
import { type Words, wordsOf } from '../words.ts'
import { sections } from './sections.ts'

export type AccountPath = `/account${string}`

export interface AccountAreaDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly findBrowserUser: FindBrowserUser
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
}

/** Somebody who is signed in, at one of the pages. */
export interface AccountVisit extends BrowserUser {
  readonly locale: Locale
  readonly words: Words
  /** Hidden fields of a form that posts to `action`. */
  readonly hiddenFor: (action: AccountPath) => { readonly csrf: string }
}

export interface AccountPage {
  readonly path: AccountPath
  /** Asks who it is once more where that was long ago. */
  readonly recent?: boolean
  /** Where that question leads back to; the page itself where left out. */
  readonly backTo?: AccountPath
  readonly show: (visit: AccountVisit, req: Request, res: Response) => Promise<void> | void
}

export interface AccountAction<Fields extends z.ZodType> {
  readonly path: AccountPath
  /** The page that its form is on. */
  readonly page: AccountPath
  readonly recent?: boolean
  readonly fields: Fields
  readonly act: (
    visit: AccountVisit,
    form: z.output<Fields>,
    req: Request,
    res: Response,
  ) => Promise<void> | void
}

export interface AccountBody {
  readonly title: string
  readonly body: HtmlValue
  readonly status?: number
  readonly script?: string
}

const proof = z.object({ csrf: entranceFields.csrf })

/** Where the question of who it is leads back to: a page of ours, whatever the URL says. */
export const parseNext = (text: string): AccountPath =>
  sections.find(({ path }) => path === text)?.path ?? '/account'

export const createAccountArea = (deps: AccountAreaDeps) => {
  const { ui, browser, findBrowserUser, isRecentlyAuthenticated } = deps

  const purposeOf = (action: AccountPath, { sessionId }: BrowserUser) => `${action}:${sessionId}`

  const visitOf = (req: Request, res: Response, signedIn: BrowserUser): AccountVisit => {
    const locale = ui.localeOf(req)
    const rawBrowser = browser.ensure(req, res)
    return {
      ...signedIn,
      locale,
      words: wordsOf(locale),
      hiddenFor: action => ({ csrf: browser.csrfToken(purposeOf(action, signedIn), rawBrowser) }),
    }
  }

  /** Undefined where the way leads to the sign-in first: the answer has been sent. */
  const enter = async (req: Request, res: Response): Promise<BrowserUser | undefined> => {
    const signedIn = await findBrowserUser(browser.readSession(req))
    if (signedIn === undefined) res.redirect(303, ui.link('/login'))
    return signedIn
  }

  /** False where who it is has to be proven once more: the answer has been sent. */
  const isProven = async (res: Response, page: AccountPath, { user, sessionId }: BrowserUser) => {
    if (await isRecentlyAuthenticated({ userId: user.id, sessionId })) return true
    res.redirect(303, ui.link('/account/confirm', { next: page }))
    return false
  }

  return {
    page: ({ path, recent = false, backTo = path, show }: AccountPage): Route => ({
      method: 'GET',
      path,
      handler: async (req, res) => {
        const signedIn = await enter(req, res)
        if (signedIn === undefined || (recent && !(await isProven(res, backTo, signedIn)))) return
        await show(visitOf(req, res, signedIn), req, res)
      },
    }),

    action: <Fields extends z.ZodType>({
      path,
      page,
      recent = false,
      fields,
      act,
    }: AccountAction<Fields>): Route => ({
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { csrf, ...form } = await readForm(req, z.intersection(proof, fields))
        const signedIn = await enter(req, res)
        if (signedIn === undefined) return
        // Before anything is asked or told: a form of another session, or of another site, is none.
        browser.verifyForm(req, purposeOf(path, signedIn), csrf)
        if (recent && !(await isProven(res, page, signedIn))) return
        await act(visitOf(req, res, signedIn), form as z.output<Fields>, req, res)
      },
    }),

    send: (res: Response, visit: AccountVisit, section: AccountPath, page: AccountBody): void => {
      const { locale, words } = visit
      const entries = sections.map(({ path, labelOf }) => ({
        href: ui.link(path),
        label: labelOf(words),
        isCurrent: path === section,
      }))
      const aside = sectionList({ label: words.account.sections, entries })
      ui.sendPage(res, { locale, aside, ...page, body: html`${page.body}` })
    },

    /** Back to a page after an action, which says what was done. */
    leadBack: (res: Response, page: AccountPath, done?: string): void =>
      res.redirect(303, ui.link(page, { done })),
  }
}

export type AccountArea = ReturnType<typeof createAccountArea>
