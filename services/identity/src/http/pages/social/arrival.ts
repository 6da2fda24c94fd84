/** A browser that comes back from a provider: in, on to the page that asks for an address, or told why not. */
import { type Request, type Response, requestIp } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { fill, html, paragraph, ways } from '@latchkey/ui'
import { displayNameOf, type ProviderDescription } from '../../../domain/provider.ts'
import type { BrowserSession } from '../../../domain/sign-in.ts'
import type { AdmitExternalUser } from '../../../usecases/admit-external-user.ts'
import type { FindBrowserUser } from '../../../usecases/find-browser-user.ts'
import type { FindExternalUser } from '../../../usecases/find-external-user.ts'
import type { FindRememberedUser } from '../../../usecases/find-remembered-user.ts'
import type { LinkExternalAccount } from '../../../usecases/link-external-account.ts'
import type { ReauthenticateWithProvider } from '../../../usecases/reauthenticate-with-provider.ts'
import type { SocialSignUpUseCase } from '../../../usecases/social-sign-up.ts'
import type { VouchForSession } from '../../../usecases/vouch-for-session.ts'
import { admissionRefusal } from '../../admission-refusal.ts'
import type { Ended } from '../../social-application.ts'
import { type SocialRefusal, socialRefusals } from '../../social-refusals.ts'
import type { SocialArrival } from '../../social-return.ts'
import { parseNext } from '../account/area.ts'
import type { ReadBrowserDevice } from '../browser-device.ts'
import type { Entrance, Visit } from '../entrance.ts'

export interface SocialArrivalDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly readBrowserDevice: ReadBrowserDevice
  readonly providers: readonly ProviderDescription[]
  readonly findExternalUser: FindExternalUser
  readonly admitExternalInBrowser: AdmitExternalUser<BrowserSession>
  readonly socialSignUp: SocialSignUpUseCase
  readonly findBrowserUser: FindBrowserUser
  readonly findRememberedUser: FindRememberedUser
  readonly linkExternalAccount: LinkExternalAccount
  readonly reauthenticateWithProvider: ReauthenticateWithProvider
  readonly vouchForSession: VouchForSession
  readonly now: () => Date
}

type PageRefusal = Exclude<SocialRefusal, 'address_needed'>

export const createSocialArrival = (deps: SocialArrivalDeps) => {
  const { ui, browser, entrance, readBrowserDevice, socialSignUp, now } = deps

  const refuse = (res: Response, visit: Visit, refusal: PageRefusal, provider: string): void => {
    const { locale, words } = visit
    const { heading, text } = words.social.problems[refusal]
    const name = displayNameOf(deps.providers, provider)
    const body = html`${paragraph(fill(text, { provider: name }))}${ways([
      { href: entrance.loginLink(visit), label: words.social.back },
    ])}`
    const title = fill(heading, { provider: name })
    ui.sendPage(res, { locale, title, status: socialRefusals[refusal]().status, body })
  }

  const letIn = async (
    req: Request,
    res: Response,
    visit: Visit,
    introduced: Parameters<typeof deps.admitExternalInBrowser>[0],
  ): Promise<'let_in' | 'outdated'> => {
    const { origin, remember } = readBrowserDevice(req)
    // Nobody is asked on the way: who proves once more who they are stays as remembered as they were.
    const rememberMe = (await deps.findRememberedUser(origin.browserSession)) === introduced.userId
    const admission = await deps.admitExternalInBrowser(introduced, origin, rememberMe)
    if (admission.outcome === 'outdated') return 'outdated'
    if (admission.outcome === 'second_factor_required' || admission.outcome === 'enrolment_required') {
      entrance.askSecondFactor(res, visit, admission, { remember })
      return 'let_in'
    }
    if (admission.outcome !== 'signed_in') throw admissionRefusal(admission)
    remember(res)
    entrance.letIn(res, visit, admission.given, { rememberMe })
    return 'let_in'
  }

  /** Whom the provider has identified; undefined where the answer is sent. */
  const identityOf = (end: Ended, refuseFor: (refusal: PageRefusal) => void) => {
    if (end.outcome === 'failed') throw end.failure
    if (end.outcome === 'identified') return end.identity
    refuseFor(end.outcome === 'denied' ? 'provider_denied' : 'code_refused')
    return undefined
  }

  const arrival: SocialArrival = {
    signIn: async (req, res, end, { flow }, provider) => {
      const visit = await entrance.open(req, res, '/login', flow ?? '')
      const identity = identityOf(end, refusal => refuse(res, visit, refusal, provider))
      if (identity === undefined) return
      const found = await deps.findExternalUser({ provider, identity, at: now() })
      if (found.outcome === 'account_exists') return refuse(res, visit, 'account_exists', provider)
      if (found.outcome === 'address_needed') {
        const rawBrowser = browser.ensure(req, res)
        const ticket = await socialSignUp.begin({ provider, identity, rawBrowser, flow })
        return res.redirect(303, ui.link('/complete-sign-up', { ticket }))
      }
      if ((await letIn(req, res, visit, found)) === 'outdated') refuse(res, visit, 'invalid_state', provider)
    },

    link: async (req, res, end, { userId, sessionId }, provider) => {
      const leadBack = (done: string) => res.redirect(303, ui.link('/account/providers', { done }))
      const signedIn = await deps.findBrowserUser(browser.readSession(req))
      // Somebody else has signed in here since: what was begun is not theirs.
      if (signedIn?.user.id !== userId || signedIn.sessionId !== sessionId)
        return arrival.refuseState(req, res)
      const identity = identityOf(end, leadBack)
      if (identity === undefined) return
      leadBack(await deps.linkExternalAccount({ userId, sessionId }, { provider, identity, at: now() }))
    },

    confirm: async (req, res, end, { userId, sessionId, next }, provider) => {
      const visit = await entrance.open(req, res, '/login', '')
      const signedIn = await deps.findBrowserUser(browser.readSession(req))
      if (signedIn?.user.id !== userId || signedIn.sessionId !== sessionId)
        return arrival.refuseState(req, res)
      const identity = identityOf(end, refusal => refuse(res, visit, refusal, provider))
      if (identity === undefined) return
      const proof = { provider, identity, at: now() }
      if ((await deps.reauthenticateWithProvider({ userId, sessionId }, proof)) === 'refused')
        return refuse(res, visit, 'other_account', provider)
      await deps.vouchForSession(userId, sessionId, requestIp(req))
      res.redirect(303, ui.link(parseNext(next)))
    },

    refuseState: async (req, res) =>
      refuse(res, await entrance.open(req, res, '/login', ''), 'invalid_state', ''),
  }
  return { ...arrival, letIn, refuse }
}

export type SocialArrivalPages = ReturnType<typeof createSocialArrival>
