/**
 * The authorization code flow as applications and their users live it: `openid-client` on one side, a browser without
 * JavaScript on the other (draft OAuth 2.1 §4.1, OpenID Connect Core §3.1; CHECKLIST 1 to 14).
 */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser, type PlainBrowser, type PlainPage } from '@latchkey/testkit'
import * as oidc from 'openid-client'
import { aPerson, createDevice, type Person } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

const redirectUri = 'http://127.0.0.1:51004/callback'

let suite: Suite
let config: oidc.Configuration
beforeAll(async () => {
  suite = await sharedSuite()
  const { client_id: id, client_secret: secret } = suite.demo
  config = await oidc.discovery(new URL(suite.issuer), id, undefined, oidc.ClientSecretBasic(secret), {
    execute: [oidc.allowInsecureRequests],
  })
})

const aRegisteredPerson = async () => {
  const person = aPerson()
  const { user } = await createDevice(suite).register(person)
  return { person, userId: user.id }
}

const newBrowser = () => createPlainBrowser(suite.gateway)

/** What an application prepares, and what it makes of the answer. */
const aRequest = async (parameters: Record<string, string> = {}) => {
  const codeVerifier = oidc.randomPKCECodeVerifier()
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
  const asked = {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  }
  const redeem = (callback: URL) =>
    oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
      ...(parameters.max_age === undefined ? {} : { maxAge: Number(parameters.max_age) }),
    })
  return { asked, redeem }
}

const pathOf = (url: URL) => `${url.pathname}${url.search}`

const signIn = (
  browser: PlainBrowser,
  page: PlainPage,
  { email, password }: Pick<Person, 'email' | 'password'>,
) => browser.submit(page, { email, password })

/** Whether the browser has come to the application. */
const isCallback = ({ url, status }: PlainPage) => status === 0 && url.href.startsWith(redirectUri)

/** Everything up to the application's callback, for somebody who allows what is asked. */
const walk = async (browser: PlainBrowser, asked: Record<string, string>, person: Person) => {
  let page = await browser.open(pathOf(oidc.buildAuthorizationUrl(config, asked)))
  if (page.url.pathname === '/login') page = await signIn(browser, page, person)
  if (page.url.pathname === '/oauth/consent') page = await browser.submit(page, { decision: 'allow' })
  if (!isCallback(page)) throw new Error(`${page.status} ${page.url}: ${page.html}`)
  return page.url
}

describe('a user who comes from an application', () => {
  it('signs in, allows, and the application knows who they are', async () => {
    const { person, userId } = await aRegisteredPerson()
    const browser = newBrowser()
    const { asked, redeem } = await aRequest()

    const login = await browser.open(pathOf(oidc.buildAuthorizationUrl(config, asked)))
    expect([login.status, login.url.pathname]).toEqual([200, '/login'])
    const consent = await signIn(browser, login, person)
    expect([consent.status, consent.url.pathname]).toEqual([200, '/oauth/consent'])
    expect(consent.html).toContain('Demo application')
    expect(consent.html).toContain(person.email)
    const callback = await browser.submit(consent, { decision: 'allow' })
    expect(isCallback(callback)).toBe(true)
    expect(callback.url.searchParams.get('iss')).toBe(suite.issuer)

    const tokens = await redeem(callback.url)
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'openid profile email' })
    expect(tokens.claims()).toMatchObject({
      iss: suite.issuer,
      sub: userId,
      aud: 'demo',
      acr: 'urn:latchkey:acr:sfa',
      amr: ['pwd'],
    })
    const user = await oidc.fetchUserInfo(config, tokens.access_token, userId)
    expect(user).toMatchObject({ sub: userId, email: person.email, name: person.name })
  })

  it('is not asked again in the same browser: neither for the password nor for the consent', async () => {
    const { person, userId } = await aRegisteredPerson()
    const browser = newBrowser()
    const first = await aRequest()
    await first.redeem(await walk(browser, first.asked, person))

    const second = await aRequest({ prompt: 'none' })
    const page = await browser.open(pathOf(oidc.buildAuthorizationUrl(config, second.asked)))
    expect(isCallback(page)).toBe(true)
    expect((await second.redeem(page.url)).claims()?.sub).toBe(userId)
  })

  it('denies, and the application hears it', async () => {
    const { person } = await aRegisteredPerson()
    const browser = newBrowser()
    const { asked, redeem } = await aRequest()
    const login = await browser.open(pathOf(oidc.buildAuthorizationUrl(config, asked)))
    const callback = await browser.submit(await signIn(browser, login, person), { decision: 'deny' })
    await expect(redeem(callback.url)).rejects.toMatchObject({ error: 'access_denied' })
  })

  it('signs in again where the application asks for it, and auth_time says when (CHECKLIST 12)', async () => {
    const { person } = await aRegisteredPerson()
    const browser = newBrowser()
    const first = await aRequest()
    const before = (await first.redeem(await walk(browser, first.asked, person))).claims()
    await new Promise(resolve => setTimeout(resolve, 1_100))
    for (const parameters of [{ prompt: 'login' }, { max_age: '0' }]) {
      const again = await aRequest(parameters)
      const page = await browser.open(pathOf(oidc.buildAuthorizationUrl(config, again.asked)))
      expect(page.url.pathname).toBe('/login')
      const callback = await signIn(browser, page, person)
      expect(isCallback(callback)).toBe(true)
      const { auth_time: authTime = 0 } = (await again.redeem(callback.url)).claims() ?? {}
      expect(authTime).toBeGreaterThan(Number(before?.iat))
    }
  })

  it('gets nowhere with an address that the application did not register (CHECKLIST 2)', async () => {
    const { asked } = await aRequest({ redirect_uri: 'https://evil.example/callback' })
    const page = await newBrowser().open(pathOf(oidc.buildAuthorizationUrl(config, asked)))
    expect([page.status, page.url.origin]).toEqual([400, suite.gateway])
    expect(page.html).toContain('redirect_uri not registered for this client')
  })
})

describe('an application', () => {
  it('may push its request before it sends anybody (RFC 9126)', async () => {
    const { person, userId } = await aRegisteredPerson()
    const { asked, redeem } = await aRequest()
    const url = await oidc.buildAuthorizationUrlWithPAR(config, asked)
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
    const browser = newBrowser()
    const login = await browser.open(pathOf(url))
    const callback = await browser.submit(await signIn(browser, login, person), { decision: 'allow' })
    expect((await redeem(callback.url)).claims()?.sub).toBe(userId)
    const again = await browser.open(pathOf(url))
    expect(isCallback(again)).toBe(true)
    expect(again.url.searchParams.get('error')).toBe('invalid_request_uri')
  })

  it('can use a code once; a second time ends what came of the first (CHECKLIST 14)', async () => {
    const { person } = await aRegisteredPerson()
    const { asked, redeem } = await aRequest()
    const callback = await walk(newBrowser(), asked, person)
    const tokens = await redeem(callback)
    await expect(redeem(callback)).rejects.toMatchObject({
      error: 'invalid_grant',
      error_description: 'Authorization code expired or already used',
    })
    await expect(
      oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck),
    ).rejects.toMatchObject({
      status: 401,
    })
  })

  it('needs the verifier of its challenge (CHECKLIST 6)', async () => {
    const { person } = await aRegisteredPerson()
    const { asked } = await aRequest({ state: 's', nonce: 'n' })
    const callback = await walk(newBrowser(), asked, person)
    const redeeming = oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
      expectedState: 's',
      expectedNonce: 'n',
    })
    await expect(redeeming).rejects.toMatchObject({
      error: 'invalid_grant',
      error_description: 'PKCE verification failed',
    })
  })

  it('can be answered by a form (OAuth 2.0 Form Post Response Mode)', async () => {
    const { person } = await aRegisteredPerson()
    const browser = newBrowser()
    const { asked } = await aRequest({ response_mode: 'form_post' })
    const login = await browser.open(pathOf(oidc.buildAuthorizationUrl(config, asked)))
    const page = await browser.submit(await signIn(browser, login, person), { decision: 'allow' })
    expect(page.status).toBe(200)
    expect(page.html).toContain(`<form method="post" action="${redirectUri}">`)
  })
})
