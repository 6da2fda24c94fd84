import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually, hiddenFieldsOf } from '@latchkey/testkit'
import { SignJWT } from 'jose'
import {
  type AuthorizeSuite,
  cookieNames,
  locationOf,
  queryOf,
  startAuthorizeSuite,
} from './authorize-under-test.ts'
import { type IdTokenSigner, openIdTokenSigner } from './id-token-signer.ts'
import { issuer } from './token-under-test.ts'

const afterLogout = 'https://app.example/bye'

let suite: AuthorizeSuite
let idTokens: IdTokenSigner
let clientId: string

beforeAll(async () => {
  suite = await startAuthorizeSuite()
  idTokens = await openIdTokenSigner(suite)
  clientId = (await suite.newClient({ metadata: { post_logout_redirect_uris: [afterLogout] } })).id
})
afterAll(() => suite.close())

type Parameters = Readonly<Record<string, string | undefined>>
type Browser = ReturnType<AuthorizeSuite['newBrowser']>

const logout = (browser: Browser, parameters: Parameters = {}) =>
  browser.get(`/oauth/logout?${queryOf(parameters)}`)

const signedIn = async () => {
  const { browser, sessionId, userId } = await suite.aSignedInBrowser()
  const idTokenHint = (overrides = {}) =>
    idTokens.sign({ aud: clientId, sub: userId, sid: sessionId, ...overrides })
  return { browser, sessionId, userId, idTokenHint }
}

const isEnded = (sessionId: string) => suite.sessionService.ended.has(sessionId)

describe('OpenID Connect RP-Initiated Logout 1.0 §2: with an ID token of the session in this browser', () => {
  it('ends it without asking, and goes to the registered address with the state', async () => {
    const { browser, sessionId, idTokenHint } = await signedIn()
    const id_token_hint = await idTokenHint()
    const answer = await logout(browser, {
      id_token_hint,
      post_logout_redirect_uri: afterLogout,
      state: 'a b&c',
    })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`${afterLogout}?state=a%20b%26c`)
    expect(suite.sessionService.ended.get(sessionId)).toBe('END_REASON_LOGOUT')
    expect(browser.cookies.get(cookieNames.session)).toBe('')
    expect(await suite.database.prisma.browserSession.count({ where: { sessionId } })).toBe(0)
  })

  it('takes an ID token that has expired', async () => {
    const { browser, sessionId, idTokenHint } = await signedIn()
    const hour = Math.floor(Date.now() / 1000) - 3_600
    await logout(browser, { id_token_hint: await idTokenHint({ iat: hour - 3_600, exp: hour }) })
    expect(isEnded(sessionId)).toBe(true)
  })

  it('says so on a page where it names no address', async () => {
    const { browser, idTokenHint } = await signedIn()
    const answer = await logout(browser, { id_token_hint: await idTokenHint() })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('You are signed out')
  })

  it('goes on where nobody is signed in any more', async () => {
    const { idTokenHint } = await signedIn()
    const id_token_hint = await idTokenHint()
    const answer = await logout(suite.newBrowser(), { id_token_hint, post_logout_redirect_uri: afterLogout })
    expect(locationOf(answer)).toEqual({ address: afterLogout, parameters: {} })
  })
})

describe('CHECKLIST 32: the user is asked', () => {
  const hints: [string, (signIn: Awaited<ReturnType<typeof signedIn>>) => Promise<string | undefined>][] = [
    ['without a hint', async () => undefined],
    ['with nonsense', async () => 'nonsense'],
    [
      'with a token that is not signed',
      async ({ idTokenHint }) => {
        const [, payload] = (await idTokenHint()).split('.')
        const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
        return `${header}.${payload}.`
      },
    ],
    ['with one that was altered', async ({ idTokenHint }) => `${(await idTokenHint()).slice(0, -8)}AAAAAAAA`],
    [
      'with one that is signed with a secret',
      async ({ userId, sessionId }) =>
        new SignJWT({ iss: issuer, aud: clientId, sub: userId, sid: sessionId })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.alloc(32)),
    ],
    ['with an access token', async ({ idTokenHint }) => idTokenHint({ typ: 'at+jwt' })],
    ['with one of another issuer', async ({ idTokenHint }) => idTokenHint({ iss: 'https://other.example' })],
    ['with one of another session', async ({ idTokenHint }) => idTokenHint({ sid: createUuid() })],
    ['with one of another user', async ({ idTokenHint }) => idTokenHint({ sub: createUuid() })],
    ['with one that names no session', async ({ idTokenHint }) => idTokenHint({ sid: undefined })],
  ]

  it.each(hints)('%s', async (_title, hintOf) => {
    const signIn = await signedIn()
    const answer = await logout(signIn.browser, { id_token_hint: await hintOf(signIn) })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('Sign out?')
    expect(isEnded(signIn.sessionId)).toBe(false)
    expect(signIn.browser.cookies.get(cookieNames.session)).not.toBe('')
  })

  it('with one of another client than client_id names, which leads nowhere', async () => {
    const { browser, idTokenHint, sessionId } = await signedIn()
    const other = (await suite.newClient({ metadata: { post_logout_redirect_uris: [afterLogout] } })).id
    const parameters = {
      id_token_hint: await idTokenHint(),
      client_id: other,
      post_logout_redirect_uri: afterLogout,
    }
    const html = await (await logout(browser, parameters)).text()
    expect(html).toContain('Sign out?')
    expect(html).not.toContain(afterLogout)
    expect(isEnded(sessionId)).toBe(false)
  })

  it('and goes where the client has registered once they have agreed', async () => {
    const { browser, sessionId } = await signedIn()
    const parameters = { client_id: clientId, post_logout_redirect_uri: afterLogout, state: 'xyz' }
    const asked = await logout(browser, parameters)
    expect(asked.headers.get('content-security-policy')).toContain(`form-action 'self' https://app.example`)
    const hidden = hiddenFieldsOf(await asked.text())
    expect(isEnded(sessionId)).toBe(false)
    const answer = await browser.post('/oauth/logout', { ...hidden, decision: 'allow' })
    expect(answer.status).toBe(303)
    expect(locationOf(answer)).toEqual({ address: afterLogout, parameters: { state: 'xyz' } })
    expect(isEnded(sessionId)).toBe(true)
    expect(browser.cookies.get(cookieNames.session)).toBe('')
  })

  it('and does so for a script that knows of the hidden fields alone (SPEC §2.3)', async () => {
    const { browser, sessionId } = await signedIn()
    const hidden = hiddenFieldsOf(await (await logout(browser)).text())
    expect((await browser.post('/oauth/logout', hidden)).status).toBe(303)
    expect(isEnded(sessionId)).toBe(true)
  })

  it('and stays signed in where they have not', async () => {
    const { browser, sessionId } = await signedIn()
    const hidden = hiddenFieldsOf(await (await logout(browser)).text())
    const answer = await browser.post('/oauth/logout', { ...hidden, decision: 'deny' })
    expect(answer.status).toBe(303)
    const page = await browser.get(String(answer.headers.get('location')).replace('/base', ''))
    expect(await page.text()).toContain('You are still signed in')
    expect(isEnded(sessionId)).toBe(false)
  })
})

describe('OpenID Connect RP-Initiated Logout 1.0 §2: logout_hint', () => {
  type SignIn = Awaited<ReturnType<typeof signedIn>>
  const ofThisUser: [string, (signIn: SignIn) => string][] = [
    ['address', () => 'Ada@Example.com'],
    ['subject', ({ userId }) => userId],
    ['session', ({ sessionId }) => sessionId],
  ]

  it.each(ofThisUser)(
    'ends the session of an ID token where it names the same %s',
    async (_title, hintOf) => {
      const signIn = await signedIn()
      const id_token_hint = await signIn.idTokenHint()
      await logout(signIn.browser, { id_token_hint, logout_hint: hintOf(signIn) })
      expect(isEnded(signIn.sessionId)).toBe(true)
    },
  )

  it('asks where it names somebody else, whose session stays, and says who is signed in here', async () => {
    const [here, elsewhere] = [await signedIn(), await signedIn()]
    for (const logout_hint of ['grace@example.com', elsewhere.userId, elsewhere.sessionId]) {
      const id_token_hint = await here.idTokenHint()
      const answer = await logout(here.browser, {
        id_token_hint,
        logout_hint,
        post_logout_redirect_uri: afterLogout,
      })
      const page = await answer.text()
      expect(page).toContain('Sign out?')
      expect(page).toContain('You are signed in as ada@example.com.')
      expect(page).not.toContain(logout_hint)
    }
    expect([isEnded(here.sessionId), isEnded(elsewhere.sessionId)]).toEqual([false, false])
  })

  it('ends the session of this browser alone once its user agrees', async () => {
    const [here, elsewhere] = [await signedIn(), await signedIn()]
    const asked = await logout(here.browser, {
      id_token_hint: await here.idTokenHint(),
      logout_hint: elsewhere.sessionId,
      post_logout_redirect_uri: afterLogout,
    })
    const answer = await here.browser.post('/oauth/logout', {
      ...hiddenFieldsOf(await asked.text()),
      decision: 'allow',
    })
    expect(locationOf(answer).address).toBe(afterLogout)
    expect([isEnded(here.sessionId), isEnded(elsewhere.sessionId)]).toEqual([true, false])
  })

  it.each(ofThisUser)(
    'vouches for nothing: the user is asked even where it names their %s',
    async (_title, hintOf) => {
      const signIn = await signedIn()
      const answer = await logout(signIn.browser, { client_id: clientId, logout_hint: hintOf(signIn) })
      expect(await answer.text()).toContain('Sign out?')
      expect(isEnded(signIn.sessionId)).toBe(false)
    },
  )
})

describe('CHECKLIST 10: the form of a logout', () => {
  it('is refused from another browser and from another site', async () => {
    const { browser, sessionId } = await signedIn()
    const stolen = hiddenFieldsOf(await (await logout((await signedIn()).browser)).text())
    const own = hiddenFieldsOf(await (await logout(browser)).text())
    const answers = [
      await browser.post('/oauth/logout', { ...stolen, decision: 'allow' }),
      await browser.post('/oauth/logout', { ...own, csrf: 'x', decision: 'allow' }),
      await browser.post('/oauth/logout', { ...own, decision: 'allow' }, { 'sec-fetch-site': 'cross-site' }),
      await browser.post('/oauth/logout', { ...own, decision: 'allow' }, { origin: 'https://evil.example' }),
    ]
    expect(answers.map(answer => answer.status)).toEqual([403, 403, 403, 403])
    expect(isEnded(sessionId)).toBe(false)
  })

  it('is not what a client posts: that is sent on to where the cookies come along', async () => {
    const { browser, idTokenHint, sessionId } = await signedIn()
    const parameters = {
      id_token_hint: await idTokenHint(),
      logout_hint: 'ada@example.com',
      post_logout_redirect_uri: afterLogout,
      state: 's',
    }
    const answer = await suite
      .newBrowser()
      .post('/oauth/logout', parameters, { 'sec-fetch-site': 'cross-site' })
    expect(answer.status).toBe(303)
    expect(locationOf(answer)).toEqual({ address: '/base/oauth/logout', parameters })
    expect(isEnded(sessionId)).toBe(false)
    expect((await logout(browser, parameters)).status).toBe(303)
    expect(isEnded(sessionId)).toBe(true)
  })
})

describe('CHECKLIST 32: post_logout_redirect_uri is exact', () => {
  it.each([
    `${afterLogout}/`,
    `${afterLogout}?x=1`,
    'https://app.example/BYE',
    'https://app.example/x/../bye',
    'https://app.example@evil.example/bye',
    'https://evil.example/bye',
    'javascript:alert(1)',
  ])('an error page, and the session stays: %s', async uri => {
    const { browser, sessionId, idTokenHint } = await signedIn()
    for (const named of [{ id_token_hint: await idTokenHint() }, { client_id: clientId }]) {
      const answer = await logout(browser, { ...named, post_logout_redirect_uri: uri })
      expect(answer.status).toBe(400)
      expect(answer.headers.get('location')).toBeNull()
      expect(await answer.text()).toContain('post_logout_redirect_uri not registered for this client')
    }
    expect(isEnded(sessionId)).toBe(false)
  })

  it('leads nowhere without a client', async () => {
    const answer = await logout(suite.newBrowser(), { post_logout_redirect_uri: afterLogout })
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toContain(afterLogout)
  })

  it('is a link, never a redirect, where nobody is signed in and nobody vouches for the client', async () => {
    const parameters = { client_id: clientId, post_logout_redirect_uri: afterLogout }
    const answer = await logout(suite.newBrowser(), parameters)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain(`href="${afterLogout}"`)
  })

  it('is refused of an unknown client', async () => {
    const answer = await logout(suite.newBrowser(), {
      client_id: 'nobody',
      post_logout_redirect_uri: afterLogout,
    })
    expect(answer.status).toBe(400)
  })
})

describe('CHECKLIST invariant 1: an acknowledged logout is never lost', () => {
  it('reaches the session service later where that is away, and nobody is signed in meanwhile', async () => {
    const { browser, sessionId, idTokenHint } = await signedIn()
    suite.sessionService.away = true
    const answer = await logout(browser, { id_token_hint: await idTokenHint() })
    expect(answer.status).toBe(200)
    expect(await suite.database.prisma.browserSession.count({ where: { sessionId } })).toBe(0)
    suite.sessionService.away = false
    await eventually(() => expect(isEnded(sessionId)).toBe(true), { timeoutMs: 20_000 })
  })
})
