/**
 * What comes back from a provider: a browser, on its way to its session or back to its application; or an application, which
 * redeems the code that its user's browser has brought it. Tokens are answered to whoever asks for them by themselves, and
 * are never in a URL.
 */
import {
  pathParameter,
  type Request,
  type Response,
  type Route,
  readForm,
  readJson,
  readQuery,
} from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { ProviderDescription } from '../domain/provider.ts'
import type { JourneyPurpose } from '../domain/social-journey.ts'
import type { EndSocialJourney } from '../usecases/end-social-journey.ts'
import type { KeepPosted } from '../usecases/keep-posted.ts'
import type { Ended, SocialApplication } from './social-application.ts'
import { socialRefusals } from './social-refusals.ts'
import { wantsPage } from './wants-page.ts'

type Purpose<Kind extends JourneyPurpose['kind']> = Extract<JourneyPurpose, { kind: Kind }>

/** What pages make of a journey that ends in their browser. */
export interface SocialArrival {
  readonly signIn: (
    req: Request,
    res: Response,
    end: Ended,
    purpose: Purpose<'page'>,
    provider: string,
  ) => Promise<void>
  readonly link: (
    req: Request,
    res: Response,
    end: Ended,
    purpose: Purpose<'link'>,
    provider: string,
  ) => Promise<void>
  readonly confirm: (
    req: Request,
    res: Response,
    end: Ended,
    purpose: Purpose<'confirm'>,
    provider: string,
  ) => Promise<void>
  readonly refuseState: (req: Request, res: Response) => Promise<void>
}

export interface SocialReturnDeps {
  readonly ui: Pick<Ui, 'link'>
  readonly browser: Pick<BrowserBinding, 'read'>
  readonly providers: readonly ProviderDescription[]
  readonly keepPosted: KeepPosted
  readonly endSocialJourney: EndSocialJourney
  readonly application: SocialApplication
  readonly arrival: SocialArrival
}

const path = '/auth/oauth/:provider/callback'

// Longer than any provider's code; Microsoft's have more than a thousand characters.
const values = z.record(z.string().max(64), z.string().max(8_192))
type Values = z.output<typeof values>

export const createSocialReturn = (deps: SocialReturnDeps): readonly Route[] => {
  const { ui, browser, providers, keepPosted, endSocialJourney, application, arrival } = deps

  const knownProvider = (req: Request): string => {
    const provider = pathParameter(req, 'provider')
    const known = providers.map(({ name }) => name)
    if (!known.includes(provider)) throw socialRefusals.unknown_provider(known)
    return provider
  }

  const take = async (req: Request, res: Response, provider: string, received: Values): Promise<void> => {
    const { state = '', code = '', code_verifier: codeVerifier } = received
    const parameters = new URLSearchParams(received)
    const end = await endSocialJourney({ provider, state, parameters, rawBrowser: browser.read(req) })
    if (end.outcome === 'invalid_state')
      return wantsPage(req)
        ? arrival.refuseState(req, res)
        : application.redeem(req, res, { provider, state, code, codeVerifier })
    const { purpose } = end
    if (purpose.kind === 'page') return arrival.signIn(req, res, end, purpose, provider)
    if (purpose.kind === 'link') return arrival.link(req, res, end, purpose, provider)
    if (purpose.kind === 'confirm') return arrival.confirm(req, res, end, purpose, provider)
    return wantsPage(req)
      ? application.leadBack(res, end, purpose, { provider, state })
      : application.answer(req, res, end, purpose, { provider, codeVerifier })
  }

  /** A browser that was posted here from elsewhere brings no cookie; sent on to ourselves, it does. */
  const sendOn = async (req: Request, res: Response, provider: string): Promise<void> => {
    const { user, ...received } = await readForm(req, values)
    if (user !== undefined) await keepPosted(received.state ?? '', provider, user)
    res.redirect(303, ui.link(`/auth/oauth/${provider}/callback`, received))
  }

  return [
    {
      method: 'GET',
      path,
      handler: (req, res) => take(req, res, knownProvider(req), readQuery(req, values)),
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const provider = knownProvider(req)
        if (wantsPage(req)) return sendOn(req, res, provider)
        const isForm = req.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true
        await take(req, res, provider, await (isForm ? readForm(req, values) : readJson(req, values)))
      },
    },
  ]
}
