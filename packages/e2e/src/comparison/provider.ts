/**
 * An OpenID provider as any client meets it: found by discovery, asked by raw requests. Ours and the reference provider are
 * both one, with the same two applications.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createPlainBrowser, type PlainBrowser, type PlainPage } from '@latchkey/testkit'
import { call } from '../call.ts'

export interface ComparedClient {
  readonly id: string
  readonly redirectUri: string
  /** Confidential ones authenticate by client_secret_basic. */
  readonly secret?: string
}

export interface ProviderInit {
  readonly origin: string
  readonly app: ComparedClient
  readonly web: ComparedClient
  /** Gets past the pages that stand in the way of a sign-in. */
  readonly pass: (page: PlainPage, browser: PlainBrowser) => Promise<PlainPage>
}

/** Undefined members are left out: how a case takes something away from a good request. */
export type Parameters = Readonly<Record<string, string | undefined>>

/** What came of a request: the error, whether it was told by a redirect, or what else there was. */
export interface Outcome {
  readonly status: number
  readonly error: string | undefined
  /** Whether the client's redirect URI was told, rather than the one who asks. */
  readonly redirected: boolean
  readonly json: unknown
}

const encode = (parameters: Parameters): string => {
  const encoded = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) encoded.set(name, value)
  return encoded.toString()
}

const memberOf = (json: unknown, name: string): string | undefined => {
  const value = Object(json)[name]
  return typeof value === 'string' ? value : undefined
}

/** In the query, or in the fragment, where the reference provider tells what a front channel asked for. */
const errorIn = ({ searchParams, hash }: URL): string | undefined =>
  searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error') ?? undefined

export const verifier = randomBytes(32).toString('base64url')

export const openProvider = async (init: ProviderInit) => {
  const { origin, app, web } = init
  const discovery = await call(origin, 'GET', '/.well-known/openid-configuration')
  const urlOf = (member: string): string => {
    const url = memberOf(discovery.json, member)
    if (url === undefined) throw new Error(`${origin} has no ${member}`)
    return url
  }
  const pathOf = (endpoint: string): string => new URL(urlOf(endpoint)).pathname
  const browser = createPlainBrowser(origin)

  const authorizationRequest = (client: ComparedClient, changes: Parameters = {}): Parameters => ({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope: 'openid',
    state: 'a-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  })

  /** @param cookie that of somebody who is signed in, unless nobody is to be */
  const authorize = async (
    query: string,
    cookie = browser.cookies(),
  ): Promise<Outcome & { code?: string }> => {
    const answer = await call(origin, 'GET', `${pathOf('authorization_endpoint')}?${query}`, {
      headers: { Cookie: cookie, Accept: 'text/html' },
    })
    const location = answer.headers.location ?? ''
    const target = URL.canParse(location) ? new URL(location) : undefined
    const redirected = target !== undefined && target.origin !== origin
    const code = redirected ? target.searchParams.get('code') : null
    return {
      status: answer.status,
      redirected,
      error: redirected ? errorIn(target) : undefined,
      json: undefined,
      ...(code === null ? {} : { code }),
    }
  }

  const post = async (
    endpoint: string,
    body: string,
    { secret, id }: Partial<ComparedClient> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> => {
    const answer = await call(origin, 'POST', pathOf(endpoint), {
      body,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        ...(secret === undefined
          ? {}
          : { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }),
        ...headers,
      },
    })
    return {
      status: answer.status,
      error: memberOf(answer.json, 'error'),
      redirected: false,
      json: answer.json,
    }
  }

  const getCode = async (client: ComparedClient, changes: Parameters = {}): Promise<string> => {
    const { code, error, status } = await authorize(encode(authorizationRequest(client, changes)))
    if (code === undefined) throw new Error(`${origin} gives no code: ${status} ${error}`)
    return code
  }

  const signIn = async (client: ComparedClient): Promise<void> => {
    const query = encode(authorizationRequest(client))
    let page = await browser.open(`${pathOf('authorization_endpoint')}?${query}`)
    for (let pages = 0; page.url.origin === origin; pages += 1) {
      if (pages === 4) throw new Error(`${page.url.pathname}: ${page.status} ${page.html.slice(0, 500)}`)
      page = await init.pass(page, browser)
    }
  }
  await signIn(app)
  await signIn(web)

  return {
    app,
    web,
    issuer: urlOf('issuer'),
    urlOf,
    encode,
    authorizationRequest,
    authorize,
    getCode,
    post,
    tokenRequest: (code: string, client: ComparedClient, changes: Parameters = {}): Parameters => ({
      grant_type: 'authorization_code',
      code,
      redirect_uri: client.redirectUri,
      code_verifier: verifier,
      ...(client.secret === undefined ? { client_id: client.id } : {}),
      ...changes,
    }),
    userinfo: async (headers: Readonly<Record<string, string>>, query = ''): Promise<Outcome> => {
      const answer = await call(origin, 'GET', pathOf('userinfo_endpoint') + query, { headers })
      return {
        status: answer.status,
        error: memberOf(answer.json, 'error'),
        redirected: false,
        json: answer.json,
      }
    },
  }
}

export type ComparedProvider = Awaited<ReturnType<typeof openProvider>>
