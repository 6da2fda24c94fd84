/** `/account`: who is signed in in this browser, and the way out. */
import { type Route, readForm } from '@latchkey/runtime/http'
import { type BrowserBinding, buttons, facts, form, html, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { FindBrowserUser } from '../../usecases/find-browser-user.ts'
import type { SignOutBrowser } from '../../usecases/sign-out-browser.ts'
import { entranceFields } from './entrance.ts'
import { wordsOf } from './words.ts'

export interface AccountPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly findBrowserUser: FindBrowserUser
  readonly signOutBrowser: SignOutBrowser
}

const path = '/account'
const signOutPath = '/account/sign-out'

const fields = z.object({ csrf: entranceFields.csrf })

export const createAccountPage = (deps: AccountPageDeps): readonly Route[] => {
  const { ui, browser, findBrowserUser, signOutBrowser } = deps
  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const user = await findBrowserUser(browser.readSession(req))
        if (user === undefined) return res.redirect(303, ui.link('/login'))
        const locale = ui.localeOf(req)
        const { account, name, email } = wordsOf(locale)
        const csrf = browser.csrfToken(signOutPath, browser.ensure(req, res))
        const signOut = form({
          action: ui.link(signOutPath),
          hidden: { csrf },
          content: buttons({ label: account.signOut }),
        })
        const who = facts([
          [name, user.name],
          [email, user.email],
        ])
        ui.sendPage(res, { locale, title: account.heading, body: html`${who}${signOut}` })
      },
    },
    {
      method: 'POST',
      path: signOutPath,
      handler: async (req, res) => {
        const { csrf } = await readForm(req, fields)
        browser.verifyForm(req, signOutPath, csrf)
        // First the session: a cookie that is gone while it lives on would be a sign-out in name only.
        await signOutBrowser(browser.readSession(req))
        browser.clearSession(res)
        res.redirect(303, ui.link('/login'))
      },
    },
  ]
}
