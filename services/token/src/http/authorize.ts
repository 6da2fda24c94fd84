/**
 * GET and POST /oauth/authorize, GET /oauth/resume. No CORS: these are for browsers that go there.
 *
 * @see draft OAuth 2.1 §3.1, OpenID Connect Core §3.1.2.1
 */
import { type Route, readForm, readQuery, requestIp } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { Authorize } from '../usecases/authorize.ts'
import type { HoldRequest } from '../usecases/hold-request.ts'
import type { ResumeAuthorization } from '../usecases/resume-authorization.ts'
import type { SendStep } from './send-step.ts'

export interface AuthorizeRoutesDeps {
  readonly authorize: Authorize
  readonly holdRequest: HoldRequest
  readonly resumeAuthorization: ResumeAuthorization
  readonly browser: BrowserBinding
  readonly ui: Pick<Ui, 'link'>
  readonly sendStep: SendStep
}

const anyParameters = z.record(z.string(), z.array(z.string()))
// `acr=unmet`: the page that asks for more has found nothing that it could ask for.
const flowQuery = z.object({
  flow: z.string().max(128).default(''),
  acr: z.literal('unmet').optional().catch(undefined),
})

// Every value, so that the rules can tell what came twice.
const everyValue = { repeatable: 'all' } as const

// What browsers, proxies and Node take in one request line without ado.
const longestQuery = 8_000

export const createAuthorizeRoutes = (deps: AuthorizeRoutesDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/oauth/authorize',
    handler: async (req, res) => {
      const result = await deps.authorize({
        lists: readQuery(req, anyParameters, everyValue),
        rawSession: deps.browser.readSession(req),
        ensureBrowser: () => deps.browser.ensure(req, res),
        ipAddress: requestIp(req),
      })
      deps.sendStep(req, res, result)
    },
  },
  {
    method: 'POST',
    path: '/oauth/authorize',
    // A form of another site brings no cookies of ours (SameSite=Lax); a request by GET does.
    handler: async (req, res) => {
      const lists = await readForm(req, anyParameters, everyValue)
      const query = new URLSearchParams()
      for (const [name, values] of Object.entries(lists))
        for (const value of values) query.append(name, value)
      const held = await deps.holdRequest({ lists, fitsInUrl: query.toString().length <= longestQuery })
      if (held.outcome === 'respond') return deps.sendStep(req, res, held)
      if (held.outcome === 'fits') return res.redirect(303, `${deps.ui.link('/oauth/authorize')}?${query}`)
      const { clientId, requestUri } = held
      res.redirect(303, deps.ui.link('/oauth/authorize', { client_id: clientId, request_uri: requestUri }))
    },
  },
  {
    method: 'GET',
    path: '/oauth/resume',
    handler: async (req, res) => {
      const { flow, acr } = readQuery(req, flowQuery)
      const result = await deps.resumeAuthorization({
        handle: flow,
        hasGivenUp: acr === 'unmet',
        rawBrowser: deps.browser.read(req),
        rawSession: deps.browser.readSession(req),
        ipAddress: requestIp(req),
      })
      deps.sendStep(req, res, result)
    },
  },
]
