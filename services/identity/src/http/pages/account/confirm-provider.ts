/** The third way at `/account/confirm`, for those who come through a provider: it says that it is still its owner. */
import { type Route, readQuery } from '@latchkey/runtime/http'
import { type BrowserBinding, fill, type Html, html, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { ExternalAccount } from '../../../domain/external-account.ts'
import type { UserId } from '../../../domain/ids.ts'
import type { ProviderDescription } from '../../../domain/provider.ts'
import type { BeginSocialJourney } from '../../../usecases/begin-social-journey.ts'
import { socialRefusals } from '../../social-refusals.ts'
import { entranceFields } from '../entrance.ts'
import type { AccountArea, AccountPath, AccountVisit } from './area.ts'
import { confirmNext } from './query.ts'

export interface ConfirmProviderDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly area: AccountArea
  readonly providers: readonly ProviderDescription[]
  readonly listExternalAccounts: (userId: UserId) => Promise<readonly ExternalAccount[]>
  readonly beginSocialJourney: BeginSocialJourney
}

const path = '/account/confirm/provider'

const query = z.object({
  provider: z.string().max(64).default(''),
  csrf: entranceFields.csrf,
  next: confirmNext,
})

export const createConfirmProvider = (deps: ConfirmProviderDeps) => {
  const { ui, browser, area, providers } = deps
  return {
    /** Undefined for whom no provider knows. */
    linksFor: async (visit: AccountVisit, next: AccountPath): Promise<Html | undefined> => {
      const linked = new Set((await deps.listExternalAccounts(visit.user.id)).map(({ provider }) => provider))
      const known = providers.filter(({ name }) => linked.has(name))
      if (known.length === 0) return undefined
      const { csrf } = visit.hiddenFor(path)
      const links = known.map(({ name, displayName }) => {
        const label = fill(visit.words.account.confirm.withProvider, { provider: displayName })
        const href = ui.link(path, { provider: name, next, csrf })
        return html`<a class="button other" href="${href}">${label}</a>`
      })
      return html`<div class="providers">${links}</div>`
    },

    // A link, as all ways to providers are; what proves a form to be ours proves it, too.
    route: area.page({
      path,
      show: async ({ user, sessionId }, req, res): Promise<void> => {
        const { provider, csrf, next } = readQuery(req, query)
        const rawBrowser = browser.verifyForm(req, `${path}:${sessionId}`, csrf)
        const purpose = { kind: 'confirm', userId: user.id, sessionId, next } as const
        const begun = await deps.beginSocialJourney({ provider, purpose, rawBrowser })
        if (begun.outcome === 'unknown_provider')
          throw socialRefusals.unknown_provider(providers.map(({ name }) => name))
        res.set('Cache-Control', 'no-store').redirect(303, begun.authorizationUrl.href)
      },
    }) satisfies Route,
  }
}

export type ConfirmProvider = ReturnType<typeof createConfirmProvider>
