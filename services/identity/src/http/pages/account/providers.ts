/** `/account/providers`: which accounts elsewhere are ways into this one, the end of each, and one more of them. */
import { type Route, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import {
  alert,
  type BrowserBinding,
  buttons,
  done,
  fill,
  form,
  type Html,
  html,
  list,
  paragraph,
  type Ui,
} from '@latchkey/ui'
import { z } from 'zod'
import type { ExternalAccount, ExternalAccountId } from '../../../domain/external-account.ts'
import type { UserId } from '../../../domain/ids.ts'
import { displayNameOf, type ProviderDescription } from '../../../domain/provider.ts'
import type { BeginSocialJourney } from '../../../usecases/begin-social-journey.ts'
import type { UnlinkExternalAccount } from '../../../usecases/unlink-external-account.ts'
import { socialRefusals } from '../../social-refusals.ts'
import { entranceFields } from '../entrance.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { dayOf } from './dates.ts'
import { accountQuery } from './query.ts'

export interface ProvidersPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly area: AccountArea
  readonly providers: readonly ProviderDescription[]
  readonly listExternalAccounts: (userId: UserId) => Promise<readonly ExternalAccount[]>
  readonly unlinkExternalAccount: UnlinkExternalAccount
  readonly beginSocialJourney: BeginSocialJourney
}

const path = '/account/providers'
const connectPath = '/account/providers/connect'
const disconnectPath = '/account/providers/disconnect'

const name = z.string().max(64).default('')

export const createProvidersPage = (deps: ProvidersPageDeps): readonly Route[] => {
  const { ui, browser, area, providers } = deps

  const entry = (visit: AccountVisit, { id, provider, email, linkedAt }: ExternalAccount) => {
    const { words, locale } = visit
    const name = displayNameOf(providers, provider)
    const { since, disconnect } = words.account.providers
    const time = dayOf(locale, linkedAt)
    return {
      term: html`<strong>${name}</strong>${email !== undefined && html` ${email}`}`,
      detail: html`${fill(since, { time })}${form({
        action: ui.link(disconnectPath),
        hidden: { ...visit.hiddenFor(disconnectPath), account_id: id },
        content: buttons({ label: fill(disconnect, { provider: name }), other: true }),
      })}`,
    }
  }

  const notice = ({ words }: AccountVisit, outcome: string | undefined): Html | undefined => {
    const { outcomes } = words.account.providers
    if (outcome === undefined || !Object.hasOwn(outcomes, outcome)) return undefined
    const text = outcomes[outcome as keyof typeof outcomes]
    return outcome === 'linked' || outcome === 'unlinked' ? done(text) : alert({ text })
  }

  const ways = (visit: AccountVisit): Html | undefined => {
    const { words, user } = visit
    if (user.emailVerifiedAt === undefined) return paragraph(words.account.providers.verifyFirst)
    const { csrf } = visit.hiddenFor(connectPath)
    const links = providers.map(({ name: provider, displayName }) => {
      const label = fill(words.account.providers.connect, { provider: displayName })
      return html`<a class="button other" href="${ui.link(connectPath, { provider, csrf })}">${label}</a>`
    })
    return html`<div class="providers">${links}</div>`
  }

  return [
    area.page({
      path,
      show: async (visit, req, res) => {
        const { words, user } = visit
        const { label, intro, none } = words.account.providers
        const accounts = await deps.listExternalAccounts(user.id)
        const there =
          accounts.length === 0 ? paragraph(none) : list(accounts.map(account => entry(visit, account)))
        const outcome = notice(visit, readQuery(req, accountQuery).done)
        const body = html`${outcome}${paragraph(intro)}${there}${providers.length > 0 && ways(visit)}`
        area.send(res, visit, path, { title: label, body })
      },
    }),
    // A link, since the way leads on to the provider: what proves a form to be ours proves it, too.
    area.page({
      path: connectPath,
      backTo: path,
      recent: true,
      show: async ({ user, sessionId }, req, res) => {
        const { provider, csrf } = readQuery(req, z.object({ provider: name, csrf: entranceFields.csrf }))
        const rawBrowser = browser.verifyForm(req, `${connectPath}:${sessionId}`, csrf)
        if (user.emailVerifiedAt === undefined) return area.leadBack(res, path, 'refused')
        const purpose = { kind: 'link', userId: user.id, sessionId } as const
        const begun = await deps.beginSocialJourney({ provider, purpose, rawBrowser })
        if (begun.outcome === 'unknown_provider')
          throw socialRefusals.unknown_provider(providers.map(each => each.name))
        res.set('Cache-Control', 'no-store').redirect(303, begun.authorizationUrl.href)
      },
    }),
    area.action({
      path: disconnectPath,
      page: path,
      recent: true,
      fields: z.object({ account_id: name }),
      act: async ({ user, sessionId }, { account_id: id }, _req, res) => {
        const outcome = isUuid(id)
          ? await deps.unlinkExternalAccount({ userId: user.id, sessionId }, id as ExternalAccountId)
          : 'unknown'
        // One that is not theirs, or not any more, is no news: the list shows what there is.
        area.leadBack(res, path, outcome === 'unknown' ? undefined : outcome)
      },
    }),
  ]
}
