/** A token service with a client, and a browser that asks it for a code. */
import { browserCookiesOf, type Subject, toTimestamp } from '@latchkey/contracts'
import { createUuid } from '@latchkey/runtime/ids'
import { Redis } from 'ioredis'
import { aClient, type ClientInit, redirectUri } from './a-client.ts'
import { aSubject } from './a-subject.ts'
import { type Browser, createBrowser } from './browser.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

// RFC 7636 appendix B.
export const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const codeChallenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

export const cookieNames = browserCookiesOf(issuer)

export type RequestParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** A parameter that is undefined is left out, one with a list comes more than once. */
export const queryOf = (parameters: RequestParameters): string =>
  new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      (value === undefined ? [] : [value].flat()).map((each): [string, string] => [name, each]),
    ),
  ).toString()

export interface SignInInit {
  readonly userId?: string
  readonly ageSeconds?: number
  /** RFC 8176 values. */
  readonly methods?: readonly string[]
}

export const startAuthorizeSuite = async (env: Record<string, string> = {}) => {
  const suite = await startTokenSuite()
  const replica = await suite.startReplica(env)
  const redis = new Redis(suite.redis.url)
  await redis.set('revocation:epoch', 'epoch-1')

  const newClient = (init?: ClientInit) => aClient(suite.database, init)

  /** What identity does when somebody signs in on its page. */
  const signIn = async (browser: Browser, init: SignInInit = {}) => {
    const { userId = createUuid(), ageSeconds = 0, methods = ['pwd'] } = init
    const sessionId = createUuid()
    const { token } = await replica.client.beginBrowserSession({
      subject: aSubject({ userId }),
      sessionId,
      sessionEndsAt: toTimestamp(new Date(Date.now() + 2_592_000_000)),
      authenticatedAt: toTimestamp(new Date(Date.now() - ageSeconds * 1000)),
      authenticationMethods: [...methods],
      replaces: browser.cookies.get(cookieNames.session) ?? '',
    })
    browser.cookies.set(cookieNames.session, token)
    return { sessionId, userId }
  }

  /** What identity does when somebody signs in through the first-party API. */
  const signInWithApi = (userId: string, members: Partial<Subject> = {}) =>
    replica.client.issueTokens({
      subject: aSubject({ userId, ...members }),
      sessionId: createUuid(),
      sessionEndsAt: toTimestamp(new Date(Date.now() + 2_592_000_000)),
      authenticatedAt: toTimestamp(new Date()),
      authenticationMethods: ['pwd'],
    })

  const newBrowser = () => createBrowser(replica)

  const aSignedInBrowser = async (init?: SignInInit) => {
    const browser = newBrowser()
    return { browser, ...(await signIn(browser, init)) }
  }

  /** A request that nothing is wrong with. */
  const aRequest = (clientId: string, overrides: RequestParameters = {}): RequestParameters => ({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid email',
    state: 'af0ifjsldkj',
    nonce: 'n-0S6_WzA2Mj',
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    ...overrides,
  })

  const authorize = (browser: Browser, parameters: RequestParameters, headers?: Record<string, string>) =>
    browser.get(`/oauth/authorize?${queryOf(parameters)}`, headers)

  /** Begins a request that needs a page. @returns the page's path and the flow's handle */
  const begin = async (browser: Browser, ...request: Parameters<typeof aRequest>) => {
    const answer = await authorize(browser, aRequest(...request))
    const { address, parameters } = locationOf(answer)
    return { status: answer.status, page: address, flow: parameters.flow ?? '' }
  }

  /** Comes back from that page. */
  const resume = async (browser: Browser, flow: string) => {
    const answer = await browser.get(`/oauth/resume?flow=${flow}`)
    return { status: answer.status, ...locationOf(answer) }
  }

  const close = async () => {
    redis.disconnect()
    await replica.close()
    await suite.close()
  }
  return {
    ...suite,
    replica,
    redis,
    newClient,
    newBrowser,
    signIn,
    signInWithApi,
    aSignedInBrowser,
    aRequest,
    authorize,
    begin,
    resume,
    close,
  }
}

export type AuthorizeSuite = Awaited<ReturnType<typeof startAuthorizeSuite>>

/** Where an answer leads: without its query, and the query. */
export const locationOf = (answer: { readonly headers: { get(name: string): string | null } }) => {
  const location = answer.headers.get('location') ?? ''
  const split = location.indexOf('?')
  const address = split < 0 ? location : location.slice(0, split)
  return {
    address,
    parameters: Object.fromEntries(new URLSearchParams(split < 0 ? '' : location.slice(split + 1))),
  }
}
