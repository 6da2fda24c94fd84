/**
 * The page after a logout that has applications to tell in the browser: a frame for each, and on from there. It is gone to
 * by 303 with what it shows in its address, and a proof that we put it there, for this browser: nobody else's link makes
 * it load or lead anywhere. @see OpenID Connect Front-Channel Logout 1.0 §3
 */
import { timingSafeEqualStrings } from '@latchkey/runtime/crypto'
import { type Request, type Response, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { SessionId } from '../domain/ids.ts'
import type { ShowSignedOut, SignedOut } from '../usecases/show-signed-out.ts'
import { frontchannelLogoutPage } from './pages/frontchannel-logout-page.ts'
import { loggedOutPage } from './pages/logout-pages.ts'

export interface SignedOutPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly linkTo: LinkToSignedOut
  readonly showSignedOut: ShowSignedOut
}

const path = '/oauth/logout'

const query = z.object({
  sid: z.string().default(''),
  clients: z.string().default(''),
  client_id: z.string().optional(),
  to: z.string().optional(),
  ui_locales: z.string().optional(),
  proof: z.string().default(''),
})

const purposeOf = ({ sessionId, clientIds, clientId, redirectTo }: SignedOut): string =>
  `signed_out:${JSON.stringify([sessionId, clientIds, clientId ?? null, redirectTo ?? null])}`

/** Where a browser is sent: nowhere else, and with nothing in it changed, does the page show anything. */
export const createLinkToSignedOut =
  ({ ui, browser }: Pick<SignedOutPageDeps, 'ui' | 'browser'>) =>
  (signedOut: SignedOut, rawBrowser: string, uiLocales?: string): string =>
    ui.link(path, {
      result: 'signed_out',
      sid: signedOut.sessionId,
      clients: signedOut.clientIds.join(','),
      client_id: signedOut.clientId,
      to: signedOut.redirectTo,
      ui_locales: uiLocales,
      proof: browser.csrfToken(purposeOf(signedOut), rawBrowser),
    })

export type LinkToSignedOut = ReturnType<typeof createLinkToSignedOut>

export const createSignedOutPage = ({ ui, browser, linkTo, showSignedOut }: SignedOutPageDeps) => ({
  goTo: (req: Request, res: Response, signedOut: SignedOut, uiLocales?: string): void =>
    res.redirect(303, linkTo(signedOut, browser.ensure(req, res), uiLocales)),

  send: async (req: Request, res: Response): Promise<void> => {
    const { sid, clients, client_id: clientId, to: redirectTo, proof, ui_locales } = readQuery(req, query)
    const locale = ui.localeOf(req, ui_locales)
    const signedOut = { sessionId: sid as SessionId, clientIds: clients.split(','), clientId, redirectTo }
    const rawBrowser = browser.read(req)
    const isOurs =
      rawBrowser !== undefined &&
      timingSafeEqualStrings(proof, browser.csrfToken(purposeOf(signedOut), rawBrowser))
    if (!isOurs) return ui.sendPage(res, loggedOutPage({ locale }))
    const shown = await showSignedOut(signedOut)
    ui.sendPage(res, frontchannelLogoutPage({ locale, ...shown }))
  },
})

export type SignedOutPage = ReturnType<typeof createSignedOutPage>
