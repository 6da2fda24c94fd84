/**
 * Signing out at the wish of an application, and the others being told: OpenID Connect RP-Initiated Logout 1.0 and
 * Back-Channel Logout 1.0, with `openid-client` as the application's library (CHECKLIST 10, 32).
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser, eventually, type PlainBrowser } from '@latchkey/testkit'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { createOperator, type Operator } from '../src/operator.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { type Suite, sharedSuite, startSuite, withoutLimits } from '../src/suite.ts'

const callbackUri = 'http://127.0.0.1:51006/callback'
const afterLogout = 'http://127.0.0.1:51006/bye'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** An application's back-channel logout endpoint, which fails as often as it is told to, or until it recovers. */
const aReceiver = async ({ failures = 0 } = {}) => {
  const tokens: string[] = []
  let left = failures
  const server = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    left -= 1
    if (left < 0) tokens.push(new URLSearchParams(body).get('logout_token') ?? '')
    res.writeHead(left < 0 ? 200 : 503).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  const address = server.address() as AddressInfo
  const recover = () => {
    left = 0
  }
  return { tokens, recover, uri: `http://127.0.0.1:${address.port}/logout` }
}

const anApplication = async (
  suite: Suite,
  operator: Operator,
  members: Readonly<Record<string, unknown>> = {},
) => {
  const made = await operator.makeClient({
    redirect_uris: [callbackUri],
    post_logout_redirect_uris: [afterLogout],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile',
    ...members,
  })
  const config = await oidc.discovery(
    new URL(suite.issuer),
    made.client_id,
    undefined,
    oidc.ClientSecretBasic(made.client_secret),
    { execute: [oidc.allowInsecureRequests] },
  )
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()

  /** Signs in where that is asked, and allows what is asked. */
  const signIn = async (browser: PlainBrowser, { email, password }: { email: string; password: string }) => {
    const { pathname, search } = oidc.buildAuthorizationUrl(config, {
      redirect_uri: callbackUri,
      scope: 'openid profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    let page = await browser.open(pathname + search)
    if (page.url.pathname === '/login') page = await browser.submit(page, { email, password })
    if (page.url.pathname === '/oauth/consent') page = await browser.submit(page, { decision: 'allow' })
    return oidc.authorizationCodeGrant(config, page.url, { pkceCodeVerifier })
  }

  const logout = (browser: PlainBrowser, parameters: Record<string, string>) => {
    const { pathname, search } = oidc.buildEndSessionUrl(config, parameters)
    return browser.open(pathname + search)
  }
  return { clientId: made.client_id, config, signIn, logout }
}

const somebody = async (suite: Suite) => {
  const person = aPerson()
  const { user } = await createDevice(suite).register(person)
  return { ...person, id: user.id }
}

const verifyLogoutToken = async (suite: Suite, token: string, audience: string) => {
  const jwks = createRemoteJWKSet(new URL(`${suite.gateway}/.well-known/jwks.json`))
  const { payload } = await jwtVerify(token, jwks, { issuer: suite.issuer, audience, typ: 'logout+jwt' })
  return payload
}

describe('an application signs its user out', () => {
  let suite: Suite
  let operator: Operator
  beforeAll(async () => {
    suite = await sharedSuite()
    operator = await createOperator(suite)
  })

  it('at once with its ID token; its tokens end, and the next request asks to sign in', async () => {
    const person = await somebody(suite)
    const app = await anApplication(suite, operator)
    const browser = createPlainBrowser(suite.gateway)
    const tokens = await app.signIn(browser, person)
    const parameters = { post_logout_redirect_uri: afterLogout, state: 'some-state' }
    const left = await app.logout(browser, { id_token_hint: tokens.id_token ?? '', ...parameters })
    expect(left.url.href).toBe(`${afterLogout}?state=some-state`)

    await expect(oidc.refreshTokenGrant(app.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    const introspected = await oidc.tokenIntrospection(app.config, tokens.access_token)
    expect(introspected).toEqual({ active: false })
    const url = oidc.buildAuthorizationUrl(app.config, { redirect_uri: callbackUri, scope: 'openid' })
    const again = await browser.open(
      `/oauth/authorize${url.search}&code_challenge=${'x'.repeat(43)}&code_challenge_method=S256`,
    )
    expect(again.url.pathname).toBe('/login')
  })

  it('after a question where it shows none', async () => {
    const person = await somebody(suite)
    const app = await anApplication(suite, operator)
    const browser = createPlainBrowser(suite.gateway)
    const tokens = await app.signIn(browser, person)
    const asked = await app.logout(browser, { post_logout_redirect_uri: afterLogout })
    expect(asked.html).toContain('Sign out?')
    const introspected = await oidc.tokenIntrospection(app.config, tokens.access_token)
    expect(introspected).toMatchObject({ active: true })
    const left = await browser.submit(asked, { decision: 'allow' })
    expect(left.url.href).toBe(afterLogout)
  })

  it('and every application of the session is told, by a token that is sent until it is taken', async () => {
    const person = await somebody(suite)
    const receiver = await aReceiver({ failures: 1 })
    const told = await anApplication(suite, operator, { backchannel_logout_uri: receiver.uri })
    const asking = await anApplication(suite, operator)
    const browser = createPlainBrowser(suite.gateway)
    const tokens = await told.signIn(browser, person)
    const { id_token: hint = '' } = await asking.signIn(browser, person)
    await asking.logout(browser, { id_token_hint: hint })

    await eventually(() => expect(receiver.tokens).toHaveLength(1), { timeoutMs: 20_000 })
    const payload = await verifyLogoutToken(suite, receiver.tokens[0] ?? '', told.clientId)
    expect(payload).toMatchObject({ sub: person.id, sid: tokens.claims()?.sid, jti: expect.any(String) })
    expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} })
    expect(payload).not.toHaveProperty('nonce')
  })
})

describe('CHECKLIST 32: a logout token is delivered after a crash too', () => {
  it('although the token service is killed while the application is away', async () => {
    const suite = await startSuite({ settings: withoutLimits })
    const operator = await createOperator(suite)
    const person = await somebody(suite)
    const receiver = await aReceiver({ failures: Number.POSITIVE_INFINITY })
    const app = await anApplication(suite, operator, { backchannel_logout_uri: receiver.uri })
    const browser = createPlainBrowser(suite.gateway)
    const { id_token: hint = '' } = await app.signIn(browser, person)
    await app.logout(browser, { id_token_hint: hint })
    const { token } = suite.processes
    token?.kill('SIGKILL')
    await eventually(() => expect(token?.pid).not.toBe(suite.pids.token))
    receiver.recover()
    await eventually(() => expect(receiver.tokens).toHaveLength(1), { timeoutMs: 60_000, intervalMs: 250 })
    expect(await verifyLogoutToken(suite, receiver.tokens[0] ?? '', app.clientId)).toMatchObject({
      sub: person.id,
    })
    await suite.stop()
  })
})
