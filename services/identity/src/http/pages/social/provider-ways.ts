/**
 * The ways to providers below a form. Links, and not forms: a policy would have to name every place that a form leads to.
 * Each carries the proof that it is of this browser and this page, so that no other site can send anybody on such a way.
 */
import { fill, type Html, html, type Ui } from '@latchkey/ui'
import type { ProviderDescription } from '../../../domain/provider.ts'
import type { Visit } from '../entrance.ts'

export interface ProviderWaysDeps {
  readonly ui: Pick<Ui, 'link'>
  readonly providers: readonly ProviderDescription[]
}

/** What the proof in a link is for. */
export const signInPurpose = (provider: string, flow: string): string => `social:${provider}:${flow}`

export const createProviderWays =
  ({ ui, providers }: ProviderWaysDeps) =>
  ({ words, handle, proofFor }: Pick<Visit, 'words' | 'handle' | 'proofFor'>): Html | undefined => {
    if (providers.length === 0) return undefined
    const links = providers.map(({ name, displayName }) => {
      const csrf = proofFor(signInPurpose(name, handle ?? ''))
      const href = ui.link(`/login/${name}`, { flow: handle, csrf })
      return html`<a class="button other" href="${href}">${fill(words.social.continueWith, { provider: displayName })}</a>`
    })
    return html`<p class="or"><span>${words.social.or}</span></p><div class="providers">${links}</div>`
  }

export type ProviderWays = ReturnType<typeof createProviderWays>
