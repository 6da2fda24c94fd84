/** GET/POST /oauth/logout. @see OpenID Connect RP-Initiated Logout 1.0 */
import { type Request, type Response, type Route, readForm, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { BrowserSession } from '../domain/browser-session.ts'
import { formActionOf } from '../domain/form-action.ts'
import type { ClientId, SessionId } from '../domain/ids.ts'
import type { LogOut } from '../usecases/log-out.ts'
import type { LogoutOrigin, PreparedLogout, PrepareLogout } from '../usecases/prepare-logout.ts'
import { askLogoutPage, loggedOutPage, stayedPage } from './pages/logout-pages.ts'
import type { SignedOutPage } from './signed-out.ts'

export interface LogoutRoutesDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly prepareLogout: PrepareLogout
  readonly logOut: LogOut
  /** Of a session, those that are told of its end in the browser. */
  readonly frontchannelClients: { find(sessionId: SessionId): Promise<readonly ClientId[]> }
  readonly signedOutPage: SignedOutPage
}

const path = '/oauth/logout'
const purpose = 'logout'

const parameters = z.object({
  id_token_hint: z.string().optional(),
  logout_hint: z.string().optional(),
  client_id: z.string().optional(),
  post_logout_redirect_uri: z.string().optional(),
  state: z.string().optional(),
  ui_locales: z.string().optional(),
})
type LogoutParameters = z.output<typeof parameters>

const query = parameters.extend({ result: z.enum(['stayed', 'signed_out']).optional().catch(undefined) })
const form = parameters.extend({
  csrf: z.string().optional(),
  decision: z.enum(['allow', 'deny']).optional(),
})

// What every proxy takes for a URL.
const longestUrl = 6_000

const toRequest = (read: LogoutParameters, rawSession: string | undefined) => ({
  idTokenHint: read.id_token_hint,
  logoutHint: read.logout_hint,
  clientId: read.client_id,
  postLogoutRedirectUri: read.post_logout_redirect_uri,
  state: read.state,
  rawSession,
})

export const createLogoutRoutes = ({
  ui,
  browser,
  prepareLogout,
  logOut,
  frontchannelClients,
  signedOutPage,
}: LogoutRoutesDeps): readonly Route[] => {
  const sendEnd = (req: Request, res: Response, { redirectTo }: LogoutOrigin, uiLocales?: string): void => {
    browser.clearSession(res)
    if (redirectTo === undefined) ui.sendPage(res, loggedOutPage({ locale: ui.localeOf(req, uiLocales) }))
    else res.redirect(303, redirectTo)
  }

  /** @param otherwise sends what there is to say where no application is told in the browser */
  const end = async (
    req: Request,
    res: Response,
    { session, client, redirectTo }: LogoutOrigin & { readonly session: BrowserSession },
    uiLocales: string | undefined,
    otherwise: () => void,
  ) => {
    const { sessionId } = session
    // Before the end, which forgets them.
    const clientIds = await frontchannelClients.find(sessionId)
    await logOut(sessionId)
    if (clientIds.length === 0) return otherwise()
    browser.clearSession(res)
    signedOutPage.goTo(req, res, { sessionId, clientIds, clientId: client?.id, redirectTo }, uiLocales)
  }

  const sendNothing = (
    req: Request,
    res: Response,
    prepared: PreparedLogout & { next: 'nothing' },
    uiLocales?: string,
  ) => {
    const { client, redirectTo, isVerified } = prepared
    if (isVerified) return sendEnd(req, res, prepared, uiLocales)
    // Nobody has vouched for the client: the user goes there, or does not.
    const back =
      client && redirectTo !== undefined ? { href: redirectTo, clientName: client.name } : undefined
    ui.sendPage(res, loggedOutPage({ locale: ui.localeOf(req, uiLocales), back }))
  }

  const ask = (
    req: Request,
    res: Response,
    { client, redirectTo, email }: PreparedLogout & { next: 'ask' },
    read: LogoutParameters,
  ): void => {
    const csrf = browser.csrfToken(purpose, browser.ensure(req, res))
    const locale = ui.localeOf(req, read.ui_locales)
    // The client as it is known by now, and where to go only where it may: the hints have done their work.
    const uri = redirectTo === undefined ? undefined : read.post_logout_redirect_uri
    const hidden = { csrf, client_id: client?.id, post_logout_redirect_uri: uri, state: read.state }
    const page = askLogoutPage({ locale, action: ui.link(path), hidden, clientName: client?.name, email })
    ui.sendPage(res, { ...page, formAction: redirectTo === undefined ? [] : [formActionOf(redirectTo)] })
  }

  /** A form from elsewhere comes without cookies (SameSite=Lax); the address that it is sent to has them again. */
  const sendToGet = (res: Response, read: LogoutParameters): void => {
    const link = ui.link(path, read)
    // Without the hint, the user is asked.
    res.redirect(303, link.length > longestUrl ? ui.link(path, { ...read, id_token_hint: undefined }) : link)
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const { result, ...read } = readQuery(req, query)
        if (result === 'signed_out') return signedOutPage.send(req, res)
        if (result !== undefined) return ui.sendPage(res, stayedPage(ui.localeOf(req)))
        const prepared = await prepareLogout(toRequest(read, browser.readSession(req)))
        if (prepared.next === 'end')
          await end(req, res, prepared, read.ui_locales, () => sendEnd(req, res, prepared, read.ui_locales))
        else if (prepared.next === 'ask') ask(req, res, prepared, read)
        else sendNothing(req, res, prepared, read.ui_locales)
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { csrf, decision, ...read } = await readForm(req, form)
        if (csrf === undefined) return sendToGet(res, read)
        browser.verifyForm(req, purpose, csrf)
        // SPEC §2.3 has no field for it: a script that sends the form as it is wants what the form is for.
        if (decision === 'deny') return res.redirect(303, ui.link(path, { result: 'stayed' }))
        const prepared = await prepareLogout(toRequest(read, browser.readSession(req)))
        const leave = () => {
          browser.clearSession(res)
          res.redirect(303, prepared.redirectTo ?? ui.link(path))
        }
        if (prepared.next === 'nothing') leave()
        else await end(req, res, prepared, read.ui_locales, leave)
      },
    },
  ]
}
