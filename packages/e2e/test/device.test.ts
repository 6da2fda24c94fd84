/**
 * A command-line app and the browser of its user: the device grant (RFC 8628) with `openid-client` as the app's library
 * (CHECKLIST 10, 26, 34).
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser, type PlainBrowser, type PlainPage } from '@latchkey/testkit'
import * as oidc from 'openid-client'
import { call } from '../src/call.ts'
import { createOperator, type Operator } from '../src/operator.ts'
import { aPerson, createDevice, inParallel, type Person } from '../src/person.ts'
import { type OwnSuite, type Suite, sharedSuite, startSuite, withoutLimits } from '../src/suite.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

const anApp = async (suite: Suite, operator: Operator) => {
  const { client_id } = await operator.makeClient({
    name: 'Command line',
    client_type: 'public',
    grant_types: [deviceGrant, 'refresh_token'],
    scope: 'openid profile email offline_access',
  })
  return oidc.discovery(new URL(suite.issuer), client_id, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  })
}

const somebody = async (suite: Suite) => {
  const person = aPerson()
  const { user } = await createDevice(suite).register(person)
  return { person, id: user.id }
}

const pathOf = (uri: string | undefined) => {
  const { pathname, search } = new URL(uri ?? '')
  return pathname + search
}

/** Types the code, signs in where that is asked, and gives the page that asks for the decision. */
const typeCode = async (
  browser: PlainBrowser,
  path: string,
  userCode: string,
  person: Person,
): Promise<PlainPage> => {
  const page = await browser.submit(await browser.open(path), { user_code: userCode })
  if (page.url.pathname !== '/login') return page
  return browser.submit(page, { email: person.email, password: person.password })
}

describe('a command-line app with openid-client', () => {
  let suite: Suite
  let app: oidc.Configuration
  beforeAll(async () => {
    suite = await sharedSuite()
    app = await anApp(suite, await createOperator(suite))
  })

  it('gets the tokens of whoever lets it in, and refreshes them', async () => {
    const { person, id } = await somebody(suite)
    const device = await oidc.initiateDeviceAuthorization(app, { scope: 'openid profile email' })
    const polling = oidc.pollDeviceAuthorizationGrant(app, device)
    const browser = createPlainBrowser(suite.gateway)
    const asked = await typeCode(browser, pathOf(device.verification_uri_complete), device.user_code, person)
    expect(asked.url.pathname).toBe('/oauth/device')
    for (const text of ['Command line', device.user_code, person.email]) expect(asked.html).toContain(text)
    const done = await browser.submit(asked, { decision: 'allow' })
    expect(done.html).toContain('You can go back to your device.')

    const tokens = await polling
    expect(tokens.claims()).toMatchObject({ sub: id, aud: app.clientMetadata().client_id })
    expect(await oidc.fetchUserInfo(app, tokens.access_token, id)).toMatchObject({ email: person.email })
    const refreshed = await oidc.refreshTokenGrant(app, tokens.refresh_token ?? '')
    expect(refreshed.access_token).not.toBe(tokens.access_token)
  })

  it('is told where it is denied', async () => {
    const { person } = await somebody(suite)
    const device = await oidc.initiateDeviceAuthorization(app, { scope: 'openid' })
    const polling = oidc.pollDeviceAuthorizationGrant(app, device)
    const browser = createPlainBrowser(suite.gateway)
    const asked = await typeCode(
      browser,
      pathOf(device.verification_uri),
      device.user_code.toLowerCase(),
      person,
    )
    const done = await browser.submit(asked, { decision: 'deny' })
    expect(done.html).toContain('The device was not connected')
    await expect(polling).rejects.toMatchObject({ error: 'access_denied' })
  })

  it('is told to wait, and to slow down', async () => {
    const device = await oidc.initiateDeviceAuthorization(app, { scope: 'openid' })
    const poll = () =>
      oidc.genericGrantRequest(app, deviceGrant, { device_code: device.device_code }).then(
        () => 'tokens',
        ({ error }: oidc.ResponseBodyError) => error,
      )
    expect([await poll(), await poll()]).toEqual(['authorization_pending', 'slow_down'])
  })

  it('redeems its code once, under twenty parallel polls', async () => {
    const { person } = await somebody(suite)
    const device = await oidc.initiateDeviceAuthorization(app, { scope: 'openid' })
    const browser = createPlainBrowser(suite.gateway)
    const asked = await typeCode(browser, pathOf(device.verification_uri), device.user_code, person)
    await browser.submit(asked, { decision: 'allow' })
    const form = {
      grant_type: deviceGrant,
      client_id: app.clientMetadata().client_id,
      device_code: device.device_code,
    }
    const answers = await inParallel(20, () =>
      call(suite.gateway, 'POST', '/oauth/token', {
        body: new URLSearchParams(form).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19)
  })
})

describe('somebody who guesses codes', () => {
  let suite: OwnSuite
  beforeAll(async () => {
    suite = await startSuite({ settings: { ...withoutLimits, USER_CODE_MAX_ATTEMPTS: '5' } })
  })
  afterAll(() => suite.stop())

  it('is stopped, whatever X-Forwarded-For says and however many browsers they open (CHECKLIST 34)', async () => {
    const guess = async (n: number) => {
      const page = await call(suite.gateway, 'GET', '/oauth/device')
      const [cookie = ''] = String(page.headers['set-cookie']).split(';')
      const [, csrf = ''] = /name="csrf" value="([^"]*)"/.exec(page.text) ?? []
      return call(suite.gateway, 'POST', '/oauth/device', {
        body: new URLSearchParams({ csrf, user_code: 'BBBB-BBBB' }).toString(),
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          Cookie: cookie,
          'X-Forwarded-For': `203.0.113.${n}`,
          Forwarded: `for=203.0.113.${n}`,
          'X-Real-IP': `203.0.113.${n}`,
        },
      })
    }
    const answers = await inParallel(20, guess)
    const count = (status: number) => answers.filter(answer => answer.status === status).length
    expect([count(400), count(429)]).toEqual([10, 10])
    const refused = answers.find(({ status }) => status === 429)
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused?.text).toContain('Too many attempts')
  })
})
