/** The page that asks a user whether an application may have what it asks for. */
import { buttons, fill, form, html, type Locale, list, type Page, paragraph, ways } from '@latchkey/ui'
import type { ShownConsent } from '../../usecases/show-consent.ts'
import { phrases } from './phrases.ts'
import { scopeList } from './scope-list.ts'

export interface ConsentForm {
  readonly action: string
  readonly csrf: string
  readonly handle: string
  /** Where somebody else can sign in for the same request. */
  readonly signInPath: string
}

type Asked = Extract<ShownConsent, { outcome: 'ask' }>
type Words = (typeof phrases)['en']['consent']

/** What a person can check: the host, or an app's own scheme. */
const addressOf = (redirectUri: string): string => {
  const { host, protocol } = new URL(redirectUri)
  return host === '' ? protocol : host
}

const linksOf = (words: Words, signInPath: string, { policyUri, tosUri }: Asked['client']['metadata']) =>
  [
    { href: signInPath, label: words.otherAccount },
    { href: policyUri, label: words.policy },
    { href: tosUri, label: words.terms },
  ].flatMap(({ href, label }) => (href === undefined ? [] : [{ href, label }]))

export const consentPage = (
  { client, email, organization, scopes, resources, redirectUri }: Asked,
  { action, csrf, handle, signInPath }: ConsentForm,
  locale: Locale,
): Page => {
  const words = phrases[locale].consent
  const links = linksOf(words, signInPath, client.metadata)
  return {
    locale,
    title: fill(words.heading, { client: client.name }),
    body: html`
${email !== undefined && paragraph(fill(words.signedInAs, { email }))}
${organization !== undefined && paragraph(fill(words.actsFor, { organization: organization.name }))}
${paragraph(fill(words.asks, { client: client.name }))}
${scopeList(scopes, locale)}
${resources.length > 0 && [paragraph(words.resources), list(resources.map(term => ({ term })))]}
${paragraph(fill(words.leadsTo, { address: addressOf(redirectUri) }))}
${form({
  action,
  hidden: { csrf, flow: handle },
  content: buttons(
    { label: words.allow, sends: { name: 'decision', value: 'allow' } },
    { label: words.deny, sends: { name: 'decision', value: 'deny' }, other: true },
  ),
})}
${ways(links)}`,
  }
}
