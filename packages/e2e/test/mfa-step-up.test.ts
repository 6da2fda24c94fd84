/**
 * Second factors as applications and their users live them: an authenticator app by an independent library, `openid-client`
 * that asks for more than a password, a browser without JavaScript (ASVS 6.4.3, RFC 9470, OpenID Connect Core §3.1.2.1).
 */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser, type PlainBrowser, type PlainPage } from '@latchkey/testkit'
import { decodeJwt } from 'jose'
import * as oidc from 'openid-client'
import { createApplication, loopbackRedirectUri } from '../src/application.ts'
import { type AuthenticatorApp, createAuthenticatorApp } from '../src/authenticator-app.ts'
import { createOperator, type MadeClient } from '../src/operator.ts'
import { aPerson, createDevice, expected, type Person } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

const mfa = 'urn:latchkey:acr:mfa'

let suite: Suite
let plain: oidc.Configuration
/** Of a client whose users must have proven a second factor. */
let strict: oidc.Configuration
beforeAll(async () => {
  suite = await sharedSuite()
  const operator = await createOperator(suite)
  const members = { redirect_uris: ['http://127.0.0.1/callback'], require_consent: false }
  const configOf = async (client: MadeClient) => (await createApplication(suite, { client })).config
  plain = await configOf(await operator.makeClient(members))
  strict = await configOf(await operator.makeClient({ ...members, require_mfa: true }))
})

interface WithApp extends Person {
  readonly app: AuthenticatorApp
  readonly recoveryCodes: readonly string[]
}

/** Somebody whose app was set up through the API. */
const aPersonWithApp = async (): Promise<WithApp> => {
  const person = aPerson()
  const device = createDevice(suite)
  const { access_token: bearer } = await device.register(person)
  const begun = expected<{ secret: string }>(200, await device.send('POST', '/auth/mfa/totp', { bearer }))
  const app = createAuthenticatorApp(begun.secret)
  const json = { code: await app.freshCode() }
  const confirmed = await device.send('POST', '/auth/mfa/totp/confirm', { bearer, json })
  const { recovery_codes } = expected<{ recovery_codes: string[] }>(200, confirmed)
  return { ...person, app, recoveryCodes: recovery_codes }
}

const begin = async (config: oidc.Configuration, parameters: Record<string, string> = {}) => {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const expectedState = oidc.randomState()
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: loopbackRedirectUri,
    scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    ...parameters,
  })
  return {
    path: `${url.pathname}${url.search}`,
    redeem: (callback: URL) =>
      oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState }),
  }
}

const password = (browser: PlainBrowser, page: PlainPage, { email, password }: Person) =>
  browser.submit(page, { email, password })

const code = async (browser: PlainBrowser, page: PlainPage, app: AuthenticatorApp, more = {}) =>
  browser.submit(page, { code: await app.freshCode(), ...more })

const isCallback = ({ url }: PlainPage) => url.href.startsWith(loopbackRedirectUri)

/** A browser that goes without the second factor for a while. */
const aRememberedBrowser = async (person: WithApp) => {
  const browser = createPlainBrowser(suite.gateway)
  const asked = await password(browser, await browser.open('/login'), person)
  expect(asked.url.pathname).toBe('/mfa')
  await code(browser, asked, person.app, { remember_device: 'true' })
  const account = await browser.open('/account')
  await browser.submit(account, {}, '/account/sign-out')
  return browser
}

describe('a sign-in with a second factor', () => {
  it('is what an application asks for by acr_values, and its tokens say so', async () => {
    const person = await aPersonWithApp()
    const browser = createPlainBrowser(suite.gateway)
    const { path, redeem } = await begin(plain, { acr_values: mfa })
    const asked = await password(browser, await browser.open(path), person)
    const callback = await code(browser, asked, person.app)
    expect(isCallback(callback)).toBe(true)
    const tokens = await redeem(callback.url)
    const said = { acr: mfa, amr: ['pwd', 'otp', 'mfa'], auth_time: expect.any(Number) }
    expect(tokens.claims()).toMatchObject(said)
    expect(decodeJwt(tokens.access_token)).toMatchObject(said)
  })

  it('steps a session of one factor up with the code alone, and only where that is asked', async () => {
    const person = await aPersonWithApp()
    const browser = await aRememberedBrowser(person)
    const first = await begin(plain)
    const signedIn = await password(browser, await browser.open(first.path), person)
    expect((await first.redeem(signedIn.url)).claims()).toMatchObject({ amr: ['pwd'] })

    const second = await begin(plain, { acr_values: mfa })
    const asked = await browser.open(second.path)
    expect(asked.url.pathname).toBe('/mfa')
    // There is no way round the page: neither the flow nor the pages behind it.
    const flow = asked.url.searchParams.get('flow') ?? ''
    expect((await browser.open(`/oauth/resume?flow=${flow}`)).url.pathname).toBe('/mfa')
    const callback = await code(browser, asked, person.app)
    expect((await second.redeem(callback.url)).claims()).toMatchObject({ acr: mfa })
    // The session is the better one from now on.
    const third = await begin(strict, { prompt: 'none' })
    expect(isCallback(await browser.open(third.path))).toBe(true)
  })

  it('goes on for a wish and ends for a need where there is no factor', async () => {
    const person = aPerson()
    await createDevice(suite).register(person)
    const browser = createPlainBrowser(suite.gateway)
    const wish = await begin(plain, { acr_values: mfa })
    const gone = await password(browser, await browser.open(wish.path), person)
    expect((await wish.redeem(gone.url)).claims()).toMatchObject({ acr: 'urn:latchkey:acr:sfa' })
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'phr' } } })
    const need = await begin(plain, { claims })
    const refused = await browser.open(need.path)
    expect(refused.url.searchParams.get('error')).toBe('unmet_authentication_requirements')
    await expect(need.redeem(refused.url)).rejects.toMatchObject({
      error: 'unmet_authentication_requirements',
    })
  })
})

describe('a client that requires a second factor', () => {
  it('has its user set up an app on the way, whose recovery codes then work', async () => {
    const person = aPerson()
    await createDevice(suite).register(person)
    const browser = createPlainBrowser(suite.gateway)
    const { path, redeem } = await begin(strict)
    const enrol = await password(browser, await browser.open(path), person)
    expect(enrol.url.pathname).toBe('/mfa/enrol')
    const secret = (/<code>([A-Z2-7 ]+)<\/code>/.exec(enrol.html)?.[1] ?? '').replaceAll(' ', '')
    const [recoveryCode = ''] = /(?:[0-9a-z]{5}-){4}[0-9a-z]{5}/.exec(enrol.html) ?? []
    const callback = await code(browser, enrol, createAuthenticatorApp(secret))
    expect((await redeem(callback.url)).claims()).toMatchObject({ acr: mfa })

    const lost = createPlainBrowser(suite.gateway)
    const next = await begin(strict)
    const asked = await password(lost, await lost.open(next.path), person)
    const way = await lost.open(`${asked.url.pathname}${asked.url.search}&method=recovery_code`)
    expect(isCallback(await lost.submit(way, { code: recoveryCode }))).toBe(true)
  })

  it('gives nothing for a remembered device, or a registration', async () => {
    const person = await aPersonWithApp()
    const browser = await aRememberedBrowser(person)
    const { path } = await begin(strict)
    const asked = await password(browser, await browser.open(path), person)
    expect(asked.url.pathname).toBe('/mfa')
    const fresh = createPlainBrowser(suite.gateway)
    const registered = await begin(strict, { prompt: 'create' })
    const form = await fresh.open(registered.path)
    const { email, password: chosen, name } = aPerson()
    const enrol = await fresh.submit(form, { email, password: chosen, name })
    expect(enrol.url.pathname).toBe('/mfa/enrol')
  })
})

describe('POST /auth/login', () => {
  it('answers 401 MFA_REQUIRED, and its token and a code give tokens that say mfa', async () => {
    const person = await aPersonWithApp()
    const device = createDevice(suite)
    const asked = await device.tryToSignIn(person)
    const { code: reason, mfa_token, methods } = JSON.parse(asked.text)
    expect([asked.status, reason, methods]).toEqual([401, 'MFA_REQUIRED', ['totp', 'recovery_code']])
    const json = { mfa_token, method: 'totp', code: await person.app.freshCode() }
    const tokens = expected<{ access_token: string }>(
      200,
      await device.send('POST', '/auth/mfa/verify', { json }),
    )
    expect(decodeJwt(tokens.access_token)).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
    expect((await device.send('POST', '/auth/mfa/verify', { json })).status).toBe(401)
  })
})
