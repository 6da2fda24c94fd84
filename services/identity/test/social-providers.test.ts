/** The providers that have ways of their own, and all of them when they are busy. */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256Base64Url } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { parseCidr } from '@latchkey/runtime/networks'
import { createOutboundFetch, type OutboundFetch } from '@latchkey/runtime/outbound'
import { type OpenIdStandIn, startOpenIdProvider } from '@latchkey/testkit/providers'
import { decodeProtectedHeader, importSPKI, jwtVerify } from 'jose'
import type { Provider } from '../src/domain/provider.ts'
import { createApple } from '../src/providers/apple.ts'
import { createGoogle } from '../src/providers/google.ts'
import { createMicrosoft } from '../src/providers/microsoft.ts'
import { createProviderFetch } from '../src/providers/provider-fetch.ts'
import { aProviderUser, type SocialUnderTest, startSocial } from './social-under-test.ts'

const loopback = createOutboundFetch({ allowedNetworks: [parseCidr('127.0.0.0/8')] })

/** Reaches the stand-in by the provider's own address. */
const reaching =
  (standIn: OpenIdStandIn): OutboundFetch =>
  async (url, request) =>
    loopback(`${standIn.origin}${new URL(url).pathname}`, request)

const journey = {
  state: 'a state',
  nonce: 'a nonce',
  codeVerifier: 'v'.repeat(43),
  isFresh: false,
  callbackUrl: 'https://auth.example.test/auth/oauth/x/callback',
}

const identify = async (
  provider: Provider,
  standIn: OpenIdStandIn,
  ...person: Parameters<OpenIdStandIn['approve']> extends [unknown, ...infer Rest] ? Rest : never
) => {
  const url = await provider.authorizationUrl(journey)
  const back = standIn.approve(url.href, ...person)
  return { url, answer: await provider.identify(back.searchParams, journey) }
}

describe('GitHub', () => {
  let social: SocialUnderTest
  beforeAll(async () => {
    social = await startSocial()
  })
  afterAll(() => social.closeAll())

  const anAddress = () => `octo-${createUuid()}@example.com`
  let ids = 1_000
  const aPerson = (emails: { email: string; primary: boolean; verified: boolean }[]) => {
    ids += 1
    return { id: ids, login: 'octocat', name: null, emails }
  }

  it('takes the primary, verified address of the list, though the public one is null', async () => {
    const [first, primary] = [anAddress(), anAddress()]
    const { body } = await social.signInAtGithub(
      aPerson([
        { email: first, primary: false, verified: true },
        { email: primary, primary: true, verified: true },
      ]),
    )
    expect(body.user).toMatchObject({ email: primary, email_verified: true, name: 'octocat' })
  })

  it.each([
    ['unverified', [{ email: anAddress(), primary: true, verified: false }]],
    ['missing', []],
  ])('counts a primary address that is %s as none', async (_what, emails) => {
    const { status, body } = await social.signInAtGithub(aPerson(emails))
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'VERIFIED_EMAIL_NEEDED' })
  })

  it('tells a wrong code from our own wrong secret, though both are answered with 200', async () => {
    const { state } = await social.begin('github')
    const wrong = await social.call('GET', `/auth/oauth/github/callback?code=made-up&state=${state}`)
    expect(wrong).toMatchObject({ status: 400, body: { code: 'INVALID_PROVIDER_CODE' } })
    social.github.failNext('/login/oauth/access_token', { json: { error: 'incorrect_client_credentials' } })
    const ours = await social.signInAtGithub(aPerson([]))
    expect(ours).toMatchObject({ status: 502, body: { code: 'PROVIDER_SETTINGS_INVALID' } })
  })

  it.each([
    ['429', { status: 429 }],
    ['502', { status: 502 }],
    ['403 with a spent limit', { status: 403, headers: { 'x-ratelimit-remaining': '0' } }],
  ])('is asked again after %s, three times', async (_what, failure) => {
    const email = anAddress()
    social.github.failNext('/api/v3/user', failure, failure, failure)
    const { status } = await social.signInAtGithub(aPerson([{ email, primary: true, verified: true }]))
    expect(status).toBe(200)
  })

  it('is given up after four answers, with Retry-After and what the log says', async () => {
    const before = social.github.asked('/api/v3/user')
    social.github.failNext('/api/v3/user', ...Array.from({ length: 4 }, () => ({ status: 500 })))
    const { status, body, headers } = await social.signInAtGithub(aPerson([]))
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'PROVIDER_UNAVAILABLE' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(social.github.asked('/api/v3/user') - before).toBe(4)
    expect(social.logLines.join('\n')).toContain('github: answered 500')
  })

  it('is not waited for longer than anybody would: a far Retry-After is passed on at once', async () => {
    const before = social.github.asked('/api/v3/user')
    social.github.failNext('/api/v3/user', { status: 429, headers: { 'retry-after': '120' } })
    const { status, headers } = await social.signInAtGithub(aPerson([]))
    expect({ status, after: headers.get('retry-after') }).toEqual({ status: 503, after: '120' })
    expect(social.github.asked('/api/v3/user') - before).toBe(1)
  })

  it('is not the only one: a busy issuer is asked again, for its tokens too', async () => {
    const { path } = await social.returned(aProviderUser())
    social.acme.failNext('/token', { status: 429 }, { status: 503 })
    expect((await social.call('GET', path)).status).toBe(200)
  })
})

describe('Google', () => {
  let standIn: OpenIdStandIn
  let google: Provider
  beforeAll(async () => {
    standIn = await startOpenIdProvider({ issuer: 'https://accounts.google.com' })
    google = createGoogle({
      fetch: createProviderFetch({ provider: 'google', fetch: reaching(standIn) }),
      clientId: 'ours',
      clientSecret: 'secret',
    })
  })
  afterAll(() => standIn.close())

  it('is asked for openid email profile, with PKCE, and believed by email_verified', async () => {
    const person = aProviderUser()
    const { url, answer } = await identify(google, standIn, person)
    expect(url.origin).toBe('https://accounts.google.com')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      scope: 'openid email profile',
      code_challenge: sha256Base64Url(journey.codeVerifier),
      nonce: journey.nonce,
    })
    expect(answer).toMatchObject({
      outcome: 'identified',
      identity: {
        issuer: 'https://accounts.google.com',
        subject: person.sub,
        email: person.email,
        emailVerified: true,
      },
    })
  })

  it('is asked to look anew where who it is has to be proven once more', async () => {
    const url = await google.authorizationUrl({ ...journey, isFresh: true })
    expect(url.searchParams.get('max_age')).toBe('0')
    expect((await google.authorizationUrl(journey)).searchParams.has('max_age')).toBe(false)
  })

  it('is discovered once, however many come', async () => {
    const before = standIn.asked('/.well-known/openid-configuration')
    await Promise.all(Array.from({ length: 5 }, () => google.authorizationUrl(journey)))
    expect(standIn.asked('/.well-known/openid-configuration')).toBe(before)
  })
})

describe('Microsoft', () => {
  const tenantId = '72f988bf-86f1-41af-91ab-2d7cd011db47'
  const ofTenant = { idToken: (claims: object) => ({ ...claims, tid: tenantId, iss: issuerOf(tenantId) }) }
  const issuerOf = (tenant: string) => `https://login.microsoftonline.com/${tenant}/v2.0`

  const start = async (tenant: string, issuer: string) => {
    const standIn = await startOpenIdProvider({ issuer })
    const provider = createMicrosoft({
      fetch: createProviderFetch({ provider: 'microsoft', fetch: reaching(standIn) }),
      clientId: 'ours',
      clientSecret: 'secret',
      tenant,
    })
    return { standIn, provider }
  }

  /** What is posted back says nothing of its issuer. */
  const identifyAt = async (
    { standIn, provider }: Awaited<ReturnType<typeof start>>,
    person: object,
    lies = {},
  ) => {
    const url = await provider.authorizationUrl(journey)
    const { searchParams } = standIn.approve(url.href, { sub: 'pairwise', ...person }, lies)
    return { url, answer: await provider.identify(searchParams, journey) }
  }

  it('puts the account’s own tenant into the issuer where the setting is common', async () => {
    const common = await start('common', issuerOf('{tenantid}'))
    const { url, answer } = await identifyAt(common, {}, ofTenant)
    expect(url.searchParams.get('scope')).toBe('openid email profile User.Read')
    expect(answer).toMatchObject({
      outcome: 'identified',
      identity: { issuer: issuerOf(tenantId), subject: 'pairwise' },
    })
    await common.standIn.close()
  })

  it('takes accounts of one tenant where the setting names it', async () => {
    const single = await start(tenantId, issuerOf(tenantId))
    expect((await identifyAt(single, {})).answer.outcome).toBe('identified')
    const foreign = { idToken: (claims: object) => ({ ...claims, iss: issuerOf(createUuid()) }) }
    await expect(identifyAt(single, {}, foreign)).rejects.toMatchObject({ reason: 'answer' })
    await single.standIn.close()
  })

  it('believes an address by xms_edov alone: an administrator may write any into an account', async () => {
    const common = await start('common', issuerOf('{tenantid}'))
    const verifiedBy = async (claims: object) => {
      const { answer } = await identifyAt(common, { email: 'ceo@example.com', ...claims }, ofTenant)
      return answer.outcome === 'identified' && answer.identity.emailVerified
    }
    expect(await verifiedBy({})).toBe(false)
    expect(await verifiedBy({ email_verified: true })).toBe(false)
    expect(await verifiedBy({ xms_edov: false })).toBe(false)
    expect(await verifiedBy({ xms_edov: true })).toBe(true)
    expect(await verifiedBy({ xms_edov: '1' })).toBe(true)
    await common.standIn.close()
  })
})

describe('Apple', () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

  const start = async () => {
    const standIn = await startOpenIdProvider({ issuer: 'https://appleid.apple.com' })
    const provider = createApple({
      fetch: createProviderFetch({ provider: 'apple', fetch: reaching(standIn) }),
      clientId: 'com.example.web',
      teamId: 'TEAM',
      keyId: 'KEY',
      privateKey,
      now: () => new Date(),
    })
    return { standIn, provider }
  }

  it('is asked by form_post, proves itself by an ES256 JWT, and knows relay addresses as verified', async () => {
    const { standIn, provider } = await start()
    const person = {
      sub: '001.abc',
      email: 'x@privaterelay.appleid.com',
      email_verified: 'true',
      is_private_email: 'true',
    }
    const { url, answer } = await identify(provider, standIn, person, { claimsInIdToken: true })
    expect(url.searchParams.get('response_mode')).toBe('form_post')
    expect(answer).toMatchObject({
      outcome: 'identified',
      identity: { subject: '001.abc', emailVerified: true },
    })
    const secret = standIn.exchanged()?.form.get('client_secret') ?? ''
    expect(decodeProtectedHeader(secret)).toMatchObject({ alg: 'ES256', kid: 'KEY' })
    const publicKey = await importSPKI(
      keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      'ES256',
    )
    const { payload } = await jwtVerify(secret, publicKey, {
      issuer: 'TEAM',
      audience: 'https://appleid.apple.com',
    })
    expect(payload.sub).toBe('com.example.web')
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300)
    await standIn.close()
  })

  it('tells a name once, beside the code', async () => {
    const { standIn, provider } = await start()
    const url = await provider.authorizationUrl(journey)
    const { searchParams } = standIn.approve(url.href, {
      sub: '002',
      email: 'a@example.com',
      email_verified: true,
    })
    searchParams.set(
      'user',
      JSON.stringify({ name: { firstName: 'Grace', lastName: 'Hopper' }, email: 'evil@example.com' }),
    )
    expect(await provider.identify(searchParams, journey)).toMatchObject({
      identity: { name: 'Grace Hopper', email: 'a@example.com' },
    })
    await standIn.close()
  })
})
