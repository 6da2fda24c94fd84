import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { redirectUri } from './a-client.ts'
import { type AuthorizeSuite, cookieNames, locationOf, startAuthorizeSuite } from './authorize-under-test.ts'
import type { Browser } from './browser.ts'
import { openIdTokenSigner } from './id-token-signer.ts'
import { issuer } from './token-under-test.ts'

let suite: AuthorizeSuite
/** One whose users are not asked. */
let quiet: string
/** One whose users are asked. */
let asking: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  quiet = (await suite.newClient({ metadata: { require_consent: false } })).id
  asking = (await suite.newClient({ name: 'Book & Shop' })).id
})
afterAll(() => suite.close())

describe('a request whose user is not signed in', () => {
  it('goes to the sign-in page, and back with a code', async () => {
    const browser = suite.newBrowser()
    const { status, page, flow } = await suite.begin(browser, quiet)
    expect([status, page, flow]).toEqual([303, '/base/login', expect.stringMatching(/^[\w-]{43}$/)])
    expect(browser.cookies.has(cookieNames.browser)).toBe(true)
    await suite.signIn(browser)
    expect(await suite.resume(browser, flow)).toEqual({
      status: 303,
      address: redirectUri,
      parameters: { code: expect.any(String), state: 'af0ifjsldkj', iss: issuer },
    })
  })

  it('goes there again where nobody has signed in meanwhile', async () => {
    const browser = suite.newBrowser()
    const { flow } = await suite.begin(browser, quiet)
    expect(await suite.resume(browser, flow)).toMatchObject({ address: '/base/login', parameters: { flow } })
  })

  it('ends once, however many windows go on at a time', async () => {
    const browser = suite.newBrowser()
    const { flow } = await suite.begin(browser, quiet)
    await suite.signIn(browser)
    const answers = await Promise.all(Array.from({ length: 10 }, () => suite.resume(browser, flow)))
    expect(answers.filter(({ parameters }) => 'code' in parameters)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9)
  })

  it('is of no use in another browser (CHECKLIST 11)', async () => {
    const { flow } = await suite.begin(suite.newBrowser(), quiet)
    const { browser: other } = await suite.aSignedInBrowser()
    expect((await suite.resume(other, flow)).status).toBe(400)
    await suite.begin(other, quiet, { prompt: 'login' })
    expect((await suite.resume(other, flow)).status).toBe(400)
  })

  it('counts for the client as it is when it goes on', async () => {
    const { id } = await suite.newClient({ metadata: { require_consent: false } })
    const browser = suite.newBrowser()
    const { flow } = await suite.begin(browser, id)
    await suite.signIn(browser)
    await suite.database.prisma.client.update({ where: { id }, data: { active: false } })
    await suite.redis.publish('clients.changed', id)
    await eventually(async () =>
      expect((await suite.authorize(browser, suite.aRequest(id))).status).toBe(400),
    )
    expect((await suite.resume(browser, flow)).status).toBe(400)
  })

  it.each(['', 'nonsense', 'x'.repeat(128)])('has a handle that is known: %s', async flow => {
    const { browser } = await suite.aSignedInBrowser()
    await suite.begin(browser, quiet, { prompt: 'login' })
    expect((await suite.resume(browser, flow)).status).toBe(400)
    for (const path of ['/oauth/consent', '/oauth/organization']) {
      const { status, headers } = await browser.get(`${path}?flow=${flow}`)
      expect([status, headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8'])
    }
  })
})

describe('SPEC §2.2: a session that was not used for its time', () => {
  it('signs nobody in, although it lives on for its refresh tokens; used again by one of them, it does', async () => {
    const { browser, sessionId } = await suite.aSignedInBrowser()
    suite.sessionService.expired.add(sessionId)
    expect(
      locationOf(await suite.authorize(browser, suite.aRequest(quiet, { prompt: 'none' }))),
    ).toMatchObject({
      parameters: { error: 'login_required' },
    })
    expect(await suite.begin(browser, quiet)).toMatchObject({ flow: expect.any(String) })
    suite.sessionService.expired.delete(sessionId)
    expect(
      locationOf(await suite.authorize(browser, suite.aRequest(quiet, { prompt: 'none' }))),
    ).toMatchObject({
      parameters: { code: expect.any(String) },
    })
  })

  it('is not asked about where Redis knows it, and signs nobody out where nobody can tell', async () => {
    const { browser, sessionId } = await suite.aSignedInBrowser()
    suite.sessionService.expired.add(sessionId)
    await suite.redis.set(`session:${sessionId}`, '{}', 'EX', 60)
    const ask = async () =>
      locationOf(await suite.authorize(browser, suite.aRequest(quiet, { prompt: 'none' })))
    expect(await ask()).toMatchObject({ parameters: { code: expect.any(String) } })
    await suite.redis.del(`session:${sessionId}`)
    suite.sessionService.away = true
    try {
      expect(await ask()).toMatchObject({ parameters: { code: expect.any(String) } })
    } finally {
      suite.sessionService.away = false
    }
  })

  it('is kept active by looking at pages', async () => {
    const { browser, sessionId } = await suite.aSignedInBrowser()
    await suite.replica.client.getBrowserSession({ token: browser.cookies.get(cookieNames.session) ?? '' })
    await eventually(() =>
      expect(suite.sessionService.activities).toContainEqual(expect.objectContaining({ sessionId })),
    )
  })
})

describe('CHECKLIST 12: prompt and max_age (OpenID Connect Core §3.1.2.1)', () => {
  const errorOf = async (browser: Browser, clientId: string, overrides: Record<string, string>) =>
    locationOf(await suite.authorize(browser, suite.aRequest(clientId, overrides)))

  it('prompt=none never shows a page', async () => {
    expect(await errorOf(suite.newBrowser(), quiet, { prompt: 'none' })).toEqual({
      address: redirectUri,
      parameters: {
        error: 'login_required',
        error_description: expect.any(String),
        state: 'af0ifjsldkj',
        iss: issuer,
      },
    })
    const { browser } = await suite.aSignedInBrowser({ ageSeconds: 100 })
    expect((await errorOf(browser, asking, { prompt: 'none' })).parameters.error).toBe('consent_required')
    expect((await errorOf(browser, quiet, { prompt: 'none', max_age: '60' })).parameters.error).toBe(
      'login_required',
    )
    expect((await errorOf(browser, quiet, { prompt: 'none' })).parameters).toHaveProperty('code')
  })

  it.each(['login', 'select_account', 'create'])('prompt=%s asks for a new sign-in, once', async prompt => {
    const { browser } = await suite.aSignedInBrowser()
    const { page, flow } = await suite.begin(browser, quiet, { prompt })
    expect(page).toBe('/base/login')
    expect(await suite.resume(browser, flow)).toMatchObject({ address: '/base/login' })
    await suite.signIn(browser)
    expect((await suite.resume(browser, flow)).parameters).toHaveProperty('code')
  })

  it('max_age asks for a new sign-in where the last is older', async () => {
    const { browser } = await suite.aSignedInBrowser({ ageSeconds: 100 })
    expect(
      locationOf(await suite.authorize(browser, suite.aRequest(quiet, { max_age: '200' }))).parameters,
    ).toHaveProperty('code')
    for (const maxAge of ['0', '50']) {
      const { page, flow } = await suite.begin(browser, quiet, { max_age: maxAge })
      expect(page).toBe('/base/login')
      await suite.signIn(browser)
      expect((await suite.resume(browser, flow)).parameters).toHaveProperty('code')
      await suite.signIn(browser, { ageSeconds: 100 })
    }
  })

  it('a client’s default_max_age counts where it names none', async () => {
    const { id } = await suite.newClient({ metadata: { require_consent: false, default_max_age: 50 } })
    const { browser } = await suite.aSignedInBrowser({ ageSeconds: 100 })
    expect((await suite.begin(browser, id)).page).toBe('/base/login')
    expect((await errorOf(browser, id, { max_age: '200' })).parameters).toHaveProperty('code')
  })
})

describe('whom the client means', () => {
  const claimsOf = (sub: string) => JSON.stringify({ id_token: { sub: { value: sub } } })

  it('is said by an ID token that the client was given, an expired one too', async () => {
    const idTokens = await openIdTokenSigner(suite)
    const { browser, userId } = await suite.aSignedInBrowser()
    const answerTo = async (claims: Record<string, unknown>, prompt = 'none') => {
      const id_token_hint = await idTokens.sign({ aud: quiet, sub: userId, ...claims })
      return locationOf(await suite.authorize(browser, suite.aRequest(quiet, { id_token_hint, prompt })))
    }
    expect((await answerTo({})).parameters).toHaveProperty('code')
    expect((await answerTo({ iat: 1, exp: 2 })).parameters).toHaveProperty('code')
    expect((await answerTo({ sub: 'somebody-else' })).parameters.error).toBe('login_required')
    expect((await answerTo({ sub: 'somebody-else' }, 'consent')).address).toBe('/base/login')
    expect((await answerTo({ aud: asking })).parameters.error).toBe('login_required')
    expect((await answerTo({ iss: 'https://other.example' })).parameters.error).toBe('login_required')
  })

  it('is not said by what is no ID token of the client: then the user is asked as ever', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const hint = { id_token_hint: 'nonsense' }
    const asUsual = await suite.authorize(browser, suite.aRequest(quiet, hint))
    expect(locationOf(asUsual).parameters).toHaveProperty('code')
    const silent = await suite.authorize(browser, suite.aRequest(quiet, { ...hint, prompt: 'none' }))
    expect(locationOf(silent).parameters.error).toBe('login_required')
  })

  it('goes on for that user', async () => {
    const { browser, userId } = await suite.aSignedInBrowser()
    const answer = await suite.authorize(browser, suite.aRequest(quiet, { claims: claimsOf(userId) }))
    expect(locationOf(answer).parameters).toHaveProperty('code')
  })

  it('asks somebody else to sign in, and tells the client who did not', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const { userId } = await suite.aSignedInBrowser()
    const claims = claimsOf(userId)
    expect(
      locationOf(await suite.authorize(browser, suite.aRequest(quiet, { claims, prompt: 'none' })))
        .parameters,
    ).toMatchObject({ error: 'login_required' })

    const first = await suite.begin(browser, quiet, { claims })
    expect(first.page).toBe('/base/login')
    await suite.signIn(browser)
    expect((await suite.resume(browser, first.flow)).parameters).toMatchObject({
      error: 'login_required',
      iss: issuer,
    })

    const second = await suite.begin(browser, quiet, { claims })
    await suite.signIn(browser, { userId })
    expect((await suite.resume(browser, second.flow)).parameters).toHaveProperty('code')
  })
})

describe('a session that has ended, or that nobody can say it of', () => {
  it('is nobody’s', async () => {
    const { browser, sessionId } = await suite.aSignedInBrowser()
    await suite.redis.set(`session_ended:${sessionId}`, 'logout')
    expect((await suite.begin(browser, quiet)).page).toBe('/base/login')
  })

  it('is nobody’s where the cookie is made up, or the session is over', async () => {
    const stranger = suite.newBrowser()
    stranger.cookies.set(cookieNames.session, 'x'.repeat(43))
    expect((await suite.begin(stranger, quiet)).page).toBe('/base/login')
    const { browser, sessionId } = await suite.aSignedInBrowser()
    await suite.database.pool.query('update browser_sessions set ends_at = now() where session_id = $1', [
      sessionId,
    ])
    expect((await suite.begin(browser, quiet)).page).toBe('/base/login')
  })

  it('has a page that says to try again, or an answer to the client that wants no page', async () => {
    const { browser } = await suite.aSignedInBrowser()
    await suite.redis.del('revocation:epoch')
    suite.sessionService.away = true
    try {
      const page = await suite.authorize(browser, suite.aRequest(quiet))
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, '2'])
      const answer = await suite.authorize(browser, suite.aRequest(quiet, { prompt: 'none' }))
      expect(locationOf(answer).parameters).toMatchObject({ error: 'temporarily_unavailable', iss: issuer })
    } finally {
      suite.sessionService.away = false
      await suite.redis.set('revocation:epoch', 'epoch-2')
    }
  })
})
