/**
 * Providers at which people sign in to come to us: what one is asked, and what it may answer. An account there is known by
 * who issued its name and the name alone; addresses change hands. @see OpenID Connect Core §5.7, ASVS 6.8.1
 */
import type { EmailAddress } from './email-address.ts'
import type { UserName } from './user-name.ts'

/** Somebody, as a provider knows them. */
export interface ExternalIdentity {
  /** The `iss` of the provider, or what stands for it where it has none. */
  readonly issuer: string
  /** Unique for the issuer, and never given to somebody else. */
  readonly subject: string
  /** Undefined where the provider has none, does not tell, or tells what is no address. */
  readonly email: EmailAddress | undefined
  /** The provider has seen that they read mails to it. */
  readonly emailVerified: boolean
  readonly name: UserName | undefined
}

/** One journey to a provider and back; each value is used once. */
export interface ProviderJourney {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** Whether the provider is asked to look at who it is anew, where it knows how. */
  readonly isFresh: boolean
  /** Where the provider sends the browser back to: ours, registered there. */
  readonly callbackUrl: string
}

export type ProviderAnswer =
  | { readonly outcome: 'identified'; readonly identity: ExternalIdentity }
  /** The user, or the provider, said no. */
  | { readonly outcome: 'denied' }
  /** The provider does not know the code, or not any more. */
  | { readonly outcome: 'code_refused' }

export interface ProviderDescription {
  /** In paths: `google`. */
  readonly name: string
  /** On buttons: `Google`. */
  readonly displayName: string
}

/** For who reads of a provider that is set up no more, its name is better than nothing. */
export const displayNameOf = (providers: readonly ProviderDescription[], name: string): string =>
  providers.find(each => each.name === name)?.displayName ?? name

export interface Provider extends ProviderDescription {
  /** @throws ProviderFailure */
  readonly authorizationUrl: (journey: ProviderJourney) => Promise<URL>
  /** What came back from there, verified. @throws ProviderFailure */
  readonly identify: (parameters: URLSearchParams, journey: ProviderJourney) => Promise<ProviderAnswer>
}

/** What goes into paths, keys and labels: lower case, no surprises. */
export const isProviderName = (text: string): boolean => /^[a-z][a-z0-9-]{0,31}$/.test(text)
