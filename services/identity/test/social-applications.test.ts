/** Sign-in with providers, as applications use it. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { errorsOf, goodPassword } from './identity-under-test.ts'
import { aProviderUser, redirectUri, type SocialUnderTest, startSocial } from './social-under-test.ts'

let social: SocialUnderTest
beforeAll(async () => {
  social = await startSocial()
})
afterAll(() => social.closeAll())

const invalidState = { status: 400, body: { code: 'INVALID_STATE', detail: 'Invalid state parameter' } }

describe('GET /auth/oauth/providers', () => {
  it('names those that are set up', async () => {
    const { status, body } = await social.call('GET', '/auth/oauth/providers')
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        providers: [
          { name: 'github', display_name: 'GitHub' },
          { name: 'acme', display_name: 'Acme' },
        ],
      },
    })
  })
})

describe('GET /auth/oauth/{provider}/authorize', () => {
  const authorize = (provider: string, query = '') =>
    social.call('GET', `/auth/oauth/${provider}/authorize${query}`)

  it('refuses a provider that is not there, and says which are', async () => {
    const answer = await authorize('google', `?redirect_uri=${redirectUri}`)
    expect(answer).toMatchObject({ status: 400, body: { code: 'UNKNOWN_PROVIDER' } })
    expect(answer.body.errors).toEqual([
      { field: 'provider', message: 'must be github or acme', code: 'unknown_provider' },
    ])
  })

  it('refuses a redirect_uri that is missing, or not to the letter one of those that are allowed', async () => {
    expect(errorsOf(await authorize('acme'))).toEqual(['redirect_uri: missing'])
    for (const other of [`${redirectUri}/`, 'https://evil.example/callback', 'http://127.0.0.2/callback']) {
      const answer = await authorize('acme', `?redirect_uri=${encodeURIComponent(other)}`)
      expect(answer.status).toBe(400)
      expect(errorsOf(answer)).toEqual(['redirect_uri: not_allowed'])
    }
  })

  it('lets the port of a loopback address differ (draft OAuth 2.1 §8.4.2)', async () => {
    expect((await authorize('acme', '?redirect_uri=http://127.0.0.1:51004/callback')).status).toBe(200)
  })

  it('demands a code_challenge where the redirect_uri has a scheme of its own (RFC 8252 §8.1)', async () => {
    const query = '?redirect_uri=com.example.app:/callback'
    expect(errorsOf(await authorize('acme', query))).toEqual(['code_challenge: missing'])
    const challenge = createHash('sha256').update('x').digest('base64url')
    expect((await authorize('acme', `${query}&code_challenge=${challenge}`)).status).toBe(200)
  })

  it('sends out state, nonce and PKCE, each of them new, and registers one callback there', async () => {
    const [first, second] = [await social.begin(), await social.begin()]
    const [one, other] = [new URL(first.url).searchParams, new URL(second.url).searchParams]
    expect(Object.fromEntries(one)).toMatchObject({
      response_type: 'code',
      client_id: 'latchkey',
      redirect_uri: 'https://auth.example.test/auth/oauth/acme/callback',
      scope: 'openid email profile',
      state: first.state,
      code_challenge_method: 'S256',
    })
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.get(name)).toMatch(/^[\w-]{43}$/)
      expect(one.get(name)).not.toBe(other.get(name))
    }
  })

  it('asks GitHub for user:email, with PKCE', async () => {
    const { searchParams, pathname } = new URL((await social.begin('github')).url)
    expect(pathname).toBe('/login/oauth/authorize')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      scope: 'user:email',
      code_challenge_method: 'S256',
    })
  })

  it('shows the state to operators, without a secret, and takes it away when it is used', async () => {
    const person = aProviderUser()
    const { path, state } = await social.returned(person)
    await eventually(async () =>
      expect(JSON.parse((await social.redis.get(`oauth:state:${state}`)) ?? '{}')).toEqual({
        provider: 'acme',
        purpose: 'app',
        redirect_uri: redirectUri,
      }),
    )
    await social.call('GET', path)
    await eventually(async () => expect(await social.redis.exists(`oauth:state:${state}`)).toBe(0))
  })
})

describe('GET /auth/oauth/{provider}/callback', () => {
  it('gives tokens to an application that hands over what came back; the account is new and verified', async () => {
    const person = aProviderUser()
    const { status, body, headers } = await social.signIn(person)
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        user: { email: person.email, email_verified: true, name: 'Ada Lovelace' },
        token_type: 'Bearer',
        access_token: expect.any(String),
        refresh_token: expect.any(String),
      },
    })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(social.neighbours.token.issued.at(-1)?.authenticationMethods).toEqual(['fed'])
  })

  it('knows the account again by issuer and subject, whatever its address is by now (ASVS 6.8.1)', async () => {
    const person = aProviderUser()
    const first = await social.signIn(person)
    const second = await social.signIn({ ...person, email: `other-${createUuid()}@example.com` })
    expect(second.body.user).toMatchObject(Object(first.body.user))
  })

  it('refuses a state that is forged, of another provider, or used', async () => {
    expect(await social.call('GET', '/auth/oauth/acme/callback?code=abc123&state=xyz789')).toMatchObject(
      invalidState,
    )
    expect(await social.call('GET', '/auth/oauth/acme/callback')).toMatchObject(invalidState)
    const { path } = await social.returned(aProviderUser())
    expect(await social.call('GET', path.replace('/acme/', '/github/'))).toMatchObject(invalidState)
    expect((await social.call('GET', path)).status).toBe(200)
    expect(await social.call('GET', path)).toMatchObject(invalidState)
  })

  it('lets one of twenty parallel returns in', async () => {
    const { path } = await social.returned(aProviderUser())
    const answers = await Promise.all(Array.from({ length: 20 }, () => social.call('GET', path)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(400)])
    expect(social.acme.exchanged()?.form.get('code')).toBe(new URL(path, 'http://x').searchParams.get('code'))
  })

  it('refuses a code that the provider does not know', async () => {
    const { path } = await social.returned(aProviderUser())
    const answer = await social.call('GET', path.replace(/code=\w+/, 'code=abc123'))
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_PROVIDER_CODE' } })
  })

  it.each([
    ['comes from another issuer', 'iss=https%3A%2F%2Fevil.example'],
    ['hides its issuer', ''],
  ])('refuses what %s (RFC 9207)', async (_what, iss) => {
    const { path } = await social.returned(aProviderUser())
    const answer = await social.call('GET', path.replace(/iss=[^&]*/, iss))
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_PROVIDER_CODE' } })
  })

  it('says that the user, or the provider, refused', async () => {
    const { state } = await social.begin()
    const iss = encodeURIComponent(social.acme.origin)
    const path = `/auth/oauth/acme/callback?error=access_denied&state=${state}&iss=${iss}`
    expect(await social.call('GET', path)).toMatchObject({ status: 400, body: { code: 'PROVIDER_DENIED' } })
  })

  it.each([
    ['nonce', { idToken: (claims: object) => ({ ...claims, nonce: 'forged' }) }],
    ['issuer', { idToken: (claims: object) => ({ ...claims, iss: 'https://evil.example' }) }],
    ['audience', { idToken: (claims: object) => ({ ...claims, aud: 'somebody-else' }) }],
    ['expiry', { idToken: (claims: object) => ({ ...claims, exp: 1_000_000_000 }) }],
    ['at_hash', { idToken: (claims: object) => ({ ...claims, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }) }],
    ['signature', { foreignKey: true }],
  ])('refuses an ID token with a wrong %s (OpenID Connect Core §3.1.3.7)', async (_what, lies) => {
    const answer = await social.signIn(aProviderUser(), lies)
    expect(answer).toMatchObject({ status: 502, body: { code: 'PROVIDER_ANSWER_INVALID' } })
  })

  it('takes claims that stand in the ID token', async () => {
    const person = aProviderUser()
    expect((await social.signIn(person, { claimsInIdToken: true })).body.user).toMatchObject({
      email: person.email,
    })
  })
})

describe('a browser in between', () => {
  const html = { headers: { accept: 'text/html' } }

  const codeOf = (answer: { headers: Headers }) => {
    const location = new URL(answer.headers.get('location') ?? '')
    return { location, code: location.searchParams.get('code') ?? '' }
  }

  it('is led back to the application with a code, which is redeemed once, and never with a token', async () => {
    const person = aProviderUser()
    const { path, state } = await social.returned(person)
    const led = await social.call('GET', path, html)
    expect(led.status).toBe(303)
    const { location, code } = codeOf(led)
    expect(`${location.origin}${location.pathname}`).toBe(redirectUri)
    expect([...location.searchParams.keys()]).toEqual(['code', 'state'])
    expect(location.searchParams.get('state')).toBe(state)
    const redeem = () => social.call('GET', `/auth/oauth/acme/callback?code=${code}&state=${state}`)
    const answers = await Promise.all([redeem(), redeem(), redeem()])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
    expect(answers.find(({ status }) => status === 200)?.body.user).toMatchObject({ email: person.email })
  })

  it('ADR 7: carries a code that is worth nothing once what it rests on has changed', async () => {
    const person = aProviderUser()
    const change = `UPDATE users SET former_credential_version = former_credential_version + 1 WHERE email = $1`
    // As an earlier release has kept a code, it rests on what holds when it is redeemed.
    const forget = 'UPDATE social_journeys SET credential_version = NULL WHERE code_hash IS NOT NULL'
    for (const [statements, status] of [
      [[], 200],
      [[change], 400],
      [[change, forget], 200],
    ] as const) {
      const { path, state } = await social.returned(person)
      const { code } = codeOf(await social.call('GET', path, html))
      for (const text of statements)
        await social.database.pool.query(text, text === change ? [person.email] : [])
      const answer = await social.call('GET', `/auth/oauth/acme/callback?code=${code}&state=${state}`)
      expect([answer.status, answer.body.code]).toEqual([
        status,
        status === 200 ? undefined : 'INVALID_STATE',
      ])
    }
  })

  it('carries a code that is worth nothing without the verifier (RFC 7636)', async () => {
    const verifier = randomBytes(32).toString('base64url')
    const codeChallenge = createHash('sha256').update(verifier).digest('base64url')
    const query = { code_challenge: codeChallenge, code_challenge_method: 'S256' }
    for (const [sent, status] of [
      [undefined, 400],
      ['A'.repeat(43), 400],
      [verifier, 200],
    ] as const) {
      const { path, state } = await social.returned(aProviderUser(), {}, query)
      const { code } = codeOf(await social.call('GET', path, html))
      const body = { code, state, ...(sent === undefined ? {} : { code_verifier: sent }) }
      const answer = await social.call('POST', '/auth/oauth/acme/callback', { body })
      expect(answer.status).toBe(status)
      if (status === 400) expect(answer.body.code).toBe('INVALID_CODE_VERIFIER')
    }
  })

  it('tells the application why there is no code, in the words of RFC 6749 §4.1.2.1', async () => {
    const { state } = await social.begin()
    const iss = encodeURIComponent(social.acme.origin)
    const path = `/auth/oauth/acme/callback?error=access_denied&state=${state}&iss=${iss}`
    const { location } = codeOf(await social.call('GET', path, html))
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ error: 'access_denied', state })
  })

  it('has to be the one that began, where one began', async () => {
    const [mine, other] = [social.visitor(), social.visitor()]
    const begun = await mine.open(`/auth/oauth/acme/authorize?redirect_uri=${redirectUri}`)
    expect(begun.status).toBe(303)
    const back = social.pathOf(social.acme.approve(begun.headers.get('location') ?? '', aProviderUser()))
    expect((await other.open(back)).status).toBe(400)
    expect(await social.call('GET', back)).toMatchObject(invalidState)
    expect((await mine.open(back)).status).toBe(303)
  })
})

describe('whose account it is', () => {
  it('links a local account where both sides have verified the address, and tells its owner', async () => {
    const local = await social.register()
    await social.database.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [local.id])
    const answer = await social.signIn(aProviderUser({ email: local.email.toUpperCase() }))
    expect(answer).toMatchObject({ status: 200, body: { user: { id: local.id } } })
    const { messages } = social.neighbours.notification
    await eventually(() =>
      expect(messages).toContainEqual(expect.objectContaining({ template: 'provider_linked' })),
    )
  })

  it('opens no local account whose address nobody has verified: who registered it first may not own it', async () => {
    const local = await social.register()
    const answer = await social.signIn(aProviderUser({ email: local.email }))
    expect(answer).toMatchObject({ status: 409, body: { code: 'ACCOUNT_EXISTS_LINK_REQUIRED' } })
    expect((await social.login(local.email, goodPassword)).status).toBe(200)
  })

  it.each([
    ['has not verified', { email_verified: false }],
    ['does not say to have verified', { email_verified: undefined }],
    ['does not tell', { email: undefined }],
  ])('opens nothing by an address that the provider %s', async (_what, given) => {
    const local = await social.register()
    await social.database.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [local.id])
    const answer = await social.signIn(aProviderUser({ email: local.email, ...given }))
    expect(answer).toMatchObject({ status: 409, body: { code: 'VERIFIED_EMAIL_NEEDED' } })
  })

  it('makes one account of two first sign-ins at once', async () => {
    const person = aProviderUser()
    const answers = await Promise.all(Array.from({ length: 6 }, () => social.signIn(person)))
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
    expect(new Set(answers.map(({ body }) => Object(body.user).id)).size).toBe(1)
  })

  it('lets nobody in who is disabled', async () => {
    const person = aProviderUser()
    const { body } = await social.signIn(person)
    await social.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [
      Object(body.user).id,
    ])
    expect(await social.signIn(person)).toMatchObject({ status: 403, body: { code: 'ACCOUNT_DISABLED' } })
  })
})
