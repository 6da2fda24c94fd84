/** GET and POST /oauth/organization: in which of their organizations a user acts. */
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { BrowserSession } from '../domain/browser-session.ts'
import { formActionOf } from '../domain/form-action.ts'
import type { ChooseOrganization, ShowOrganizations } from '../usecases/choose-organization.ts'
import { flowIsOver } from '../usecases/read-flow.ts'
import { organizationPage } from './pages/organization-page.ts'

export interface OrganizationRoutesDeps {
  readonly showOrganizations: ShowOrganizations
  readonly chooseOrganization: ChooseOrganization
  readonly browser: BrowserBinding
  readonly ui: Ui
}

const handle = z.string().max(128).default('')
const query = z.object({ flow: handle })
const form = z.object({
  flow: handle,
  csrf: z.string().max(128).default(''),
  organization: z.string().max(64).default(''),
})

const purposeOf = (flow: string, { sessionId }: BrowserSession) => `organization:${flow}:${sessionId}`

export const createOrganizationRoutes = (deps: OrganizationRoutesDeps): readonly Route[] => {
  const { browser, ui } = deps
  return [
    {
      method: 'GET',
      path: '/oauth/organization',
      handler: async (req, res) => {
        const { flow } = readQuery(req, query)
        const rawBrowser = browser.read(req)
        if (rawBrowser === undefined) throw flowIsOver()
        const cookies = { handle: flow, rawBrowser, rawSession: browser.readSession(req) }
        const shown = await deps.showOrganizations(cookies)
        if (shown.outcome === 'resume') {
          res.redirect(303, ui.link('/oauth/resume', { flow }))
          return
        }
        const csrf = browser.csrfToken(purposeOf(flow, shown.session), rawBrowser)
        const organizationForm = { action: ui.link('/oauth/organization'), csrf, handle: flow }
        ui.sendPage(res, {
          ...organizationPage(shown, organizationForm, ui.localeOf(req, shown.uiLocales)),
          formAction: [formActionOf(shown.redirectUri)],
        })
      },
    },
    {
      method: 'POST',
      path: '/oauth/organization',
      handler: async (req, res) => {
        const { flow, csrf, organization } = await readForm(req, form)
        await deps.chooseOrganization({
          handle: flow,
          rawBrowser: browser.read(req),
          rawSession: browser.readSession(req),
          organization,
          verifyForm: session => void browser.verifyForm(req, purposeOf(flow, session), csrf),
        })
        res.redirect(303, ui.link('/oauth/resume', { flow }))
      },
    },
  ]
}
