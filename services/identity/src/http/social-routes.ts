/**
 * Sign-in with providers for applications: which there are, and the way to one. An application gets an address for its
 * user's browser, and a state that it keeps; what comes back is in `social-return.ts`.
 */
import { isCodeChallenge, isRegisteredRedirectUri } from '@latchkey/oauth'
import { pathParameter, type Route, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding } from '@latchkey/ui'
import { z } from 'zod'
import type { ProviderDescription } from '../domain/provider.ts'
import type { BeginSocialJourney } from '../usecases/begin-social-journey.ts'
import { socialRefusals } from './social-refusals.ts'
import { wantsPage } from './wants-page.ts'

export interface SocialRoutesDeps {
  readonly providers: readonly ProviderDescription[]
  readonly redirectUris: readonly string[]
  readonly browser: BrowserBinding
  readonly beginSocialJourney: BeginSocialJourney
}

const query = z.object({
  redirect_uri: z.string().max(2_048).default(''),
  code_challenge: z
    .string()
    .refine(isCodeChallenge, 'must be the SHA-256 of a verifier in base64url')
    .optional(),
  code_challenge_method: z.literal('S256', 'must be S256').optional(),
})

/** A scheme of an app's own: another app on the device may have taken it. @see RFC 8252 §7.1, §8.1 */
const isPrivateUse = (uri: string): boolean => !/^https?:/.test(uri)

export const createSocialRoutes = (deps: SocialRoutesDeps): readonly Route[] => {
  const { providers, redirectUris, browser, beginSocialJourney } = deps
  return [
    {
      method: 'GET',
      path: '/auth/oauth/providers',
      handler: (_req, res) => {
        res.json({
          providers: providers.map(({ name, displayName }) => ({ name, display_name: displayName })),
        })
      },
    },
    {
      method: 'GET',
      path: '/auth/oauth/:provider/authorize',
      handler: async (req, res) => {
        const provider = pathParameter(req, 'provider')
        const known = providers.map(({ name }) => name)
        if (!known.includes(provider)) throw socialRefusals.unknown_provider(known)
        const { redirect_uri: redirectUri, code_challenge: codeChallenge } = readQuery(req, query)
        if (redirectUri === '') throw socialRefusals.redirect_uri_missing()
        if (!isRegisteredRedirectUri(redirectUris, redirectUri)) throw socialRefusals.redirect_uri_refused()
        if (codeChallenge === undefined && isPrivateUse(redirectUri))
          throw socialRefusals.code_challenge_required()
        const purpose = { kind: 'app', redirectUri, codeChallenge } as const
        // A browser has to end what it began; an application that asks for itself is told the state, and compares it.
        const rawBrowser = wantsPage(req) ? browser.ensure(req, res) : undefined
        const begun = await beginSocialJourney({ provider, purpose, rawBrowser })
        if (begun.outcome === 'unknown_provider') throw socialRefusals.unknown_provider(known)
        res.set('Cache-Control', 'no-store')
        if (rawBrowser !== undefined) return res.redirect(303, begun.authorizationUrl.href)
        res.json({ authorization_url: begun.authorizationUrl.href, state: begun.state })
      },
    },
  ]
}
