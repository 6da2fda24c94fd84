/** `/login/{provider}`: the way to a provider, from a link on a page of ours. */
import { pathParameter, type Route, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { BeginSocialJourney } from '../../../usecases/begin-social-journey.ts'
import { socialRefusals } from '../../social-refusals.ts'
import { entranceFields } from '../entrance.ts'
import { signInPurpose } from './provider-ways.ts'

export interface BeginSocialPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly beginSocialJourney: BeginSocialJourney
}

const query = z.object(entranceFields)

export const createBeginSocialPage = (deps: BeginSocialPageDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/login/:provider',
    handler: async (req, res) => {
      const provider = pathParameter(req, 'provider')
      const { csrf, flow } = readQuery(req, query)
      const rawBrowser = deps.browser.verifyForm(req, signInPurpose(provider, flow), csrf)
      const purpose = { kind: 'page', flow: flow === '' ? undefined : flow } as const
      const begun = await deps.beginSocialJourney({ provider, purpose, rawBrowser })
      if (begun.outcome === 'unknown_provider') throw socialRefusals.unknown_provider([])
      res.set('Cache-Control', 'no-store').redirect(303, begun.authorizationUrl.href)
    },
  },
]
