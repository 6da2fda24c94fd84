/**
 * An OpenID Connect provider, by discovery: code flow with PKCE, state and nonce. `openid-client` builds the requests and
 * verifies what comes back (iss of the response, signature, issuer, audience, times, nonce); what is ours is which claims
 * count. The library is loaded when somebody first comes this way. @see OpenID Connect Core §3.1, RFC 7636, RFC 9207
 */
import type { ClientAuth, Configuration } from 'openid-client'
import type { ExternalIdentity, Provider, ProviderDescription } from '../domain/provider.ts'
import { isHashOf } from './at-hash.ts'
import { type Claims, emailOf, isTrue, nameOf } from './claims.ts'
import { type OpenIdLibrary, toFailure, toLibraryFetch, toOutcome } from './openid-outcome.ts'
import { ProviderFailure } from './provider-failure.ts'
import { type ProviderFetch, withinJourney } from './provider-fetch.ts'

const loadLibrary = (): Promise<OpenIdLibrary> => import('openid-client')

export interface OpenIdConnectInit extends ProviderDescription {
  readonly fetch: ProviderFetch
  readonly issuer: string
  readonly clientId: string
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined
  readonly scope: string
  /** Where a secret is no text, as with Apple. */
  readonly clientAuth?: ClientAuth
  /** Beside the usual ones. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Whether the provider has proven that the address is theirs; by `email_verified` where left out. */
  readonly isEmailVerified?: (claims: Claims) => boolean
}

// What a provider says of itself may change, its keys are looked for as they are needed.
const metadataMs = 3_600_000

export const createOpenIdConnect = (init: OpenIdConnectInit): Provider => {
  const { name, displayName, issuer, clientId, clientSecret, fetch } = init
  const isEmailVerified = init.isEmailVerified ?? (claims => isTrue(claims.email_verified))
  let known: { readonly configuration: Promise<Configuration>; readonly untilMs: number } | undefined

  const authentication = (library: OpenIdLibrary): ClientAuth => {
    if (init.clientAuth !== undefined) return init.clientAuth
    if (clientSecret === undefined) return library.None()
    const [basic, post] = [library.ClientSecretBasic(clientSecret), library.ClientSecretPost(clientSecret)]
    return (server, ...rest) => {
      const { token_endpoint_auth_methods_supported: methods } = server
      // Left out, it means Basic. @see OpenID Connect Discovery §3
      return (methods?.includes('client_secret_basic') === false ? post : basic)(server, ...rest)
    }
  }

  const discover = async (): Promise<Configuration> => {
    const library = await loadLibrary()
    const execute = [library.enableNonRepudiationChecks]
    // Which http addresses are reached at all, the fetch decides.
    if (issuer.startsWith('http:')) execute.push(library.allowInsecureRequests)
    const options = { execute, [library.customFetch]: toLibraryFetch(fetch) }
    return library.discovery(new URL(issuer), clientId, undefined, authentication(library), options)
  }

  const configure = (): Promise<Configuration> => {
    if (known !== undefined && performance.now() < known.untilMs) return known.configuration
    const configuration = discover()
    known = { configuration, untilMs: performance.now() + metadataMs }
    configuration.catch(() => {
      known = undefined
    })
    return configuration
  }

  const toIdentity = (claims: Claims, presented: Claims): ExternalIdentity => {
    const email = emailOf(claims.email)
    return {
      issuer: String(claims.iss),
      subject: String(claims.sub),
      email,
      emailVerified: email !== undefined && isEmailVerified(claims),
      name: nameOf(presented.name, claims.name, claims.preferred_username, claims.nickname),
    }
  }

  return {
    name,
    displayName,

    authorizationUrl: journey =>
      withinJourney(async () => {
        const library = await loadLibrary()
        const configuration = await configure().catch(error => {
          throw toFailure(name, error, library)
        })
        return library.buildAuthorizationUrl(configuration, {
          redirect_uri: journey.callbackUrl,
          scope: init.scope,
          state: journey.state,
          nonce: journey.nonce,
          code_challenge: await library.calculatePKCECodeChallenge(journey.codeVerifier),
          code_challenge_method: 'S256',
          // Not every provider knows it, and none is refused for that. @see OpenID Connect Core §3.1.2.1
          ...(journey.isFresh ? { max_age: '0' } : {}),
          ...init.parameters,
        })
      }),

    identify: (parameters, journey) =>
      withinJourney(async () => {
        const library = await loadLibrary()
        try {
          const configuration = await configure()
          if (isFromElsewhere(parameters, configuration)) return { outcome: 'code_refused' }
          const currentUrl = new URL(`${journey.callbackUrl}?${parameters}`)
          const tokens = await library.authorizationCodeGrant(configuration, currentUrl, {
            pkceCodeVerifier: journey.codeVerifier,
            expectedState: journey.state,
            expectedNonce: journey.nonce,
            idTokenExpected: true,
          })
          const idToken: Claims = tokens.claims() ?? {}
          const { at_hash: atHash } = idToken
          if (typeof atHash === 'string' && !isHashOf(atHash, tokens.access_token, tokens.id_token ?? ''))
            throw new ProviderFailure(name, 'answer', 'at_hash is not that of the access token')
          const asksFurther =
            idToken.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
          const userinfo: Claims = asksFurther
            ? await library.fetchUserInfo(configuration, tokens.access_token, String(idToken.sub))
            : {}
          const identity = toIdentity({ ...userinfo, ...idToken }, presentedName(parameters))
          return { outcome: 'identified', identity }
        } catch (error) {
          return toOutcome(name, error, library)
        }
      }),
  }
}

/**
 * An answer that another provider gave, or that hides who did. Where each account has an issuer of its own, there is none to
 * compare with. @see RFC 9207 §2.4
 */
const isFromElsewhere = (parameters: URLSearchParams, configuration: Configuration): boolean => {
  const { issuer, authorization_response_iss_parameter_supported: isSent } = configuration.serverMetadata()
  const iss = parameters.get('iss')
  return iss === null ? isSent === true : !issuer.includes('{') && iss !== issuer
}

/** Apple hands a name over beside the code, once, unsigned: good enough for what somebody is called. */
const presentedName = (parameters: URLSearchParams): Claims => {
  try {
    const { name }: { name?: { firstName?: unknown; lastName?: unknown } } = JSON.parse(
      parameters.get('user') ?? '{}',
    )
    return { name: [name?.firstName, name?.lastName].filter(part => typeof part === 'string').join(' ') }
  } catch {
    return {}
  }
}
