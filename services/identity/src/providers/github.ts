/**
 * GitHub, which speaks OAuth 2.0 and not OpenID Connect: who somebody is comes from its API. Their public address may be
 * empty and says nothing about verification, so that the list of addresses is asked for: the one that is primary and
 * verified counts. Its token endpoint answers errors with 200. @see https://docs.github.com/apps/oauth-apps
 */
import { sha256Base64Url } from '@latchkey/runtime/crypto'
import { z } from 'zod'
import { parseJson } from '../domain/json-text.ts'
import type { ExternalIdentity, Provider } from '../domain/provider.ts'
import { emailOf, nameOf } from './claims.ts'
import { ProviderFailure } from './provider-failure.ts'
import { type ProviderFetch, type ProviderRequest, withinJourney } from './provider-fetch.ts'

export interface GithubInit {
  readonly fetch: ProviderFetch
  /** `https://github.com`, or that of an Enterprise Server. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
}

const name = 'github'
// For https://github.com; other installations have theirs below their own address.
const publicUrl = 'https://github.com'
const publicApiUrl = 'https://api.github.com'

const tokenAnswer = z.union([
  z.object({ access_token: z.string().min(1) }),
  z.object({ error: z.string() }).transform(({ error }) => ({ error, access_token: undefined })),
])
const userAnswer = z.object({ id: z.int(), login: z.string(), name: z.string().nullish() })
const emailsAnswer = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

const wrongCodes = new Set(['bad_verification_code', 'invalid_grant'])

export const createGithub = ({ fetch, url, clientId, clientSecret }: GithubInit): Provider => {
  const apiUrl = url === publicUrl ? publicApiUrl : `${url}/api/v3`

  const ask = async <Schema extends z.ZodType>(
    address: string,
    schema: Schema,
    request: ProviderRequest = {},
  ): Promise<z.output<Schema> | undefined> => {
    const { status, body } = await fetch(address, request)
    if (status === 403 || status === 404) return undefined
    if (status !== 200) throw new ProviderFailure(name, 'settings', `answered ${status}`)
    const parsed = schema.safeParse(parseJson(body.toString('utf8')))
    if (!parsed.success) throw new ProviderFailure(name, 'answer', 'an answer is not as documented')
    return parsed.data
  }

  const askApi = <Schema extends z.ZodType>(path: string, schema: Schema, accessToken: string) =>
    ask(`${apiUrl}${path}`, schema, {
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${accessToken}`,
        'x-github-api-version': '2022-11-28',
      },
    })

  const identityOf = async (accessToken: string): Promise<ExternalIdentity> => {
    const user = await askApi('/user', userAnswer, accessToken)
    if (user === undefined) throw new ProviderFailure(name, 'answer', 'does not say who it is')
    // Not granted, or all private to apps: then there is none.
    const emails = (await askApi('/user/emails', emailsAnswer, accessToken)) ?? []
    const primary = emails.find(each => each.primary && each.verified)
    const email = emailOf(primary?.email)
    return {
      issuer: url,
      subject: String(user.id),
      email,
      emailVerified: email !== undefined,
      name: nameOf(user.name, user.login),
    }
  }

  return {
    name,
    displayName: 'GitHub',

    authorizationUrl: async ({ callbackUrl, state, codeVerifier }) => {
      const authorizationUrl = new URL(`${url}/login/oauth/authorize`)
      authorizationUrl.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: callbackUrl,
        scope: 'user:email',
        state,
        code_challenge: sha256Base64Url(codeVerifier),
        code_challenge_method: 'S256',
      }).toString()
      return authorizationUrl
    },

    identify: (parameters, { callbackUrl, codeVerifier }) =>
      withinJourney(async () => {
        const code = parameters.get('code')
        if (code === null) return { outcome: 'denied' }
        const body = new URLSearchParams({
          client_id: clientId,
          client_secret: clientSecret,
          code,
          redirect_uri: callbackUrl,
          code_verifier: codeVerifier,
        })
        const answer = await ask(`${url}/login/oauth/access_token`, tokenAnswer, {
          method: 'POST',
          headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
          body: body.toString(),
        })
        if (answer?.access_token !== undefined)
          return { outcome: 'identified', identity: await identityOf(answer.access_token) }
        if (answer !== undefined && wrongCodes.has(answer.error)) return { outcome: 'code_refused' }
        throw new ProviderFailure(
          name,
          'settings',
          `refused the code exchange (${answer?.error ?? 'not found'})`,
        )
      }),
  }
}
