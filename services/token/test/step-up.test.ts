import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { decodeJwt } from 'jose'
import { redirectUri } from './a-client.ts'
import { aSubject } from './a-subject.ts'
import {
  type AuthorizeSuite,
  codeVerifier,
  cookieNames,
  locationOf,
  type RequestParameters,
  startAuthorizeSuite,
} from './authorize-under-test.ts'
import type { Browser } from './browser.ts'

const [sfa, mfa] = ['urn:latchkey:acr:sfa', 'urn:latchkey:acr:mfa']
const twoFactors = ['pwd', 'otp', 'mfa']
const passkey = ['swk', 'user', 'mfa']

let suite: AuthorizeSuite
let plain: string
/** One whose users must have proven a second factor. */
let strict: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  const metadata = { require_consent: false, token_endpoint_auth_method: 'none' as const }
  plain = (await suite.newClient({ type: 'public', metadata })).id
  strict = (await suite.newClient({ type: 'public', metadata: { ...metadata, require_mfa: true } })).id
})
afterAll(() => suite.close())

const ask = async (browser: Browser, clientId: string, overrides: RequestParameters = {}) =>
  locationOf(await suite.authorize(browser, suite.aRequest(clientId, overrides)))

const resume = async (browser: Browser, flow = '', more = '') =>
  locationOf(await browser.get(`/oauth/resume?flow=${flow}${more}`))

const essential = (acr: string) => JSON.stringify({ id_token: { acr: { essential: true, values: [acr] } } })

/** What the tokens of a code say. */
const redeem = async (clientId: string, code = '') => {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code,
    code_verifier: codeVerifier,
  })
  const answer = await suite.replica.post('/oauth/token', body.toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  })
  const tokens = (await answer.json()) as { id_token: string; access_token: string }
  return { idToken: decodeJwt(tokens.id_token), accessToken: decodeJwt(tokens.access_token) }
}

describe('acr_values (OpenID Connect Core §3.1.2.1)', () => {
  it('leads who has proven one factor to the page that asks for more, and on once they have', async () => {
    const { browser, userId } = await suite.aSignedInBrowser()
    const asked = await ask(browser, plain, { acr_values: mfa })
    expect(asked.address).toBe('/base/mfa/step-up')
    // Straight on: there it is again.
    expect((await resume(browser, asked.parameters.flow)).address).toBe('/base/mfa/step-up')
    await suite.signIn(browser, { userId, methods: twoFactors })
    const { parameters } = await resume(browser, asked.parameters.flow)
    const { idToken, accessToken } = await redeem(plain, parameters.code)
    for (const claims of [idToken, accessToken])
      expect(claims).toMatchObject({ acr: mfa, amr: twoFactors, auth_time: expect.any(Number) })
  })

  it('are a wish: who has no more goes on, and the tokens say so', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const { parameters } = await ask(browser, plain, { acr_values: `phr ${mfa}` })
    const answer = await resume(browser, parameters.flow, '&acr=unmet')
    expect((await redeem(plain, answer.parameters.code)).idToken).toMatchObject({ acr: sfa, amr: ['pwd'] })
  })

  it('are answered at once by a session that has it, or better', async () => {
    const { browser } = await suite.aSignedInBrowser({ methods: passkey })
    const { parameters } = await ask(browser, plain, { acr_values: mfa })
    expect((await redeem(plain, parameters.code)).idToken.acr).toBe(mfa)
    const best = await ask(browser, plain)
    expect((await redeem(plain, best.parameters.code)).idToken.acr).toBe('phr')
  })

  it('that nobody knows are ignored', async () => {
    const { browser } = await suite.aSignedInBrowser()
    expect((await ask(browser, plain, { acr_values: 'urn:x:gold' })).parameters).toHaveProperty('code')
  })

  it('do not interrupt prompt=none', async () => {
    const { browser } = await suite.aSignedInBrowser()
    expect((await ask(browser, plain, { acr_values: mfa, prompt: 'none' })).parameters).toHaveProperty('code')
  })
})

describe('an essential acr (Unmet Authentication Requirements 1.0 §2)', () => {
  it('is not gone on without', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const asked = await ask(browser, plain, { claims: essential(mfa) })
    expect(asked.address).toBe('/base/mfa/step-up')
    const answer = await resume(browser, asked.parameters.flow, '&acr=unmet')
    expect(answer).toMatchObject({
      address: redirectUri,
      parameters: { error: 'unmet_authentication_requirements' },
    })
    // The request is over.
    expect((await resume(browser, asked.parameters.flow)).parameters).not.toHaveProperty('code')
  })

  it('needs a page, which prompt=none does not want', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const { parameters } = await ask(browser, plain, { claims: essential(mfa), prompt: 'none' })
    expect(parameters.error).toBe('interaction_required')
  })
})

describe('a client whose users must have proven a second factor', () => {
  it('gets no code without', async () => {
    const { browser, userId } = await suite.aSignedInBrowser()
    const { address, parameters } = await ask(browser, strict)
    expect(address).toBe('/base/mfa/step-up')
    expect((await ask(browser, strict, { prompt: 'none' })).parameters.error).toBe('interaction_required')
    expect((await ask(browser, strict, { acr_values: sfa })).address).toBe('/base/mfa/step-up')
    await suite.signIn(browser, { userId, methods: twoFactors })
    const { idToken } = await redeem(strict, (await resume(browser, parameters.flow)).parameters.code)
    expect(idToken.acr).toBe(mfa)
  })

  it('nor does a device of it', async () => {
    const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
    const { id } = await suite.newClient({ metadata: { grant_types: [deviceGrant], require_mfa: true } })
    const started = await suite.replica.post(
      '/oauth/device_authorization',
      new URLSearchParams({ client_id: id, scope: 'openid' }).toString(),
      { 'content-type': 'application/x-www-form-urlencoded' },
    )
    const { user_code } = (await started.json()) as { user_code: string }
    const { browser, userId } = await suite.aSignedInBrowser()
    const form = await (await browser.get('/oauth/device')).text()
    const csrf = /name="csrf" value="([^"]+)"/.exec(form)?.[1] ?? ''
    const typed = locationOf(await browser.post('/oauth/device', { csrf, user_code }))
    const { flow = '' } = typed.parameters
    expect(locationOf(await browser.get(`/oauth/device?flow=${flow}`)).address).toBe('/base/mfa/step-up')
    await suite.signIn(browser, { userId, methods: twoFactors })
    expect((await browser.get(`/oauth/device?flow=${flow}`)).status).toBe(200)
  })
})

describe('what the page that asks is told', () => {
  const describeFlow = async (browser: Browser, parameters: Record<string, string | undefined>) =>
    suite.replica.client.getAuthorizationFlow({
      handle: parameters.flow ?? '',
      browser: browser.cookies.get(cookieNames.browser) ?? '',
    })

  it('is what is tried first, and what the request does not do without', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const wish = await ask(browser, plain, { acr_values: `phr ${mfa}` })
    expect(await describeFlow(browser, wish.parameters)).toMatchObject({ acrWanted: 'phr', acrRequired: '' })
    const need = await ask(browser, strict, { claims: essential('phr') })
    expect(await describeFlow(browser, need.parameters)).toMatchObject({
      acrWanted: 'phr',
      acrRequired: 'phr',
    })
    const setting = await ask(browser, strict)
    expect(await describeFlow(browser, setting.parameters)).toMatchObject({
      acrWanted: mfa,
      acrRequired: mfa,
    })
  })
})

describe('tokens of the first-party API', () => {
  it('say how well their user has proven who they are', async () => {
    const { accessToken } = await suite.replica.client.issueTokens({
      subject: aSubject(),
      sessionId: createUuid(),
      sessionEndsAt: { seconds: Math.floor(Date.now() / 1_000) + 86_400, nanos: 0 },
      authenticatedAt: { seconds: Math.floor(Date.now() / 1_000), nanos: 0 },
      authenticationMethods: twoFactors,
    })
    expect(decodeJwt(accessToken)).toMatchObject({ acr: mfa, amr: twoFactors, type: 'access' })
  })
})
