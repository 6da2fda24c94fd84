/** The sign-in page over HTTP, and the request that waits for it (SPEC §2.3; CHECKLIST 8, 11, 34, 35). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { aFlow } from './a-flow.ts'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const wrong = 'Wrong-Harbour-42!'
const unknownAddress = () => `nobody-${createUuid()}@example.com`
const sessionCookie = '__Host-latchkey_session'

const signIn = async (visitor: Visitor, email: string, fields: Record<string, string> = {}) =>
  visitor.submit(await visitor.open('/login'), { email, password: goodPassword, ...fields })

describe('/login', () => {
  it('signs in, answers 303 and never 307, and gives the browser a cookie and no token', async () => {
    const { email, id } = await identity.register()
    const visitor = createVisitor(identity)
    const issued = identity.neighbours.token.issued.length
    const answer = await signIn(visitor, email)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const cookie = answer.headers.getSetCookie().find(line => line.startsWith(sessionCookie))
    expect(cookie).toMatch(/^__Host-latchkey_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(identity.neighbours.token.browserSessions.at(-1)).toMatchObject({
      subject: { userId: id, email },
      authenticationMethods: ['pwd'],
      replaces: '',
    })
    expect(identity.neighbours.token.issued).toHaveLength(issued)
  })

  it('ASVS 7.2.4: each sign-in has a cookie of its own, which takes the place of the one before', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    await signIn(visitor, email)
    const first = visitor.cookies.get(sessionCookie) ?? ''
    const handle = await aFlow(identity, visitor)
    await visitor.submit(await visitor.open(`/login?flow=${handle}`), { email, password: goodPassword })
    expect(visitor.cookies.get(sessionCookie)).not.toBe(first)
    expect(identity.neighbours.token.browserSessions.at(-1)?.replaces).toBe(first)
  })

  it('remembers who asks for it for as long as the session may last, others until the browser ends', async () => {
    const { email } = await identity.register()
    const answer = await signIn(createVisitor(identity), email, { remember_me: 'true' })
    const cookie = answer.headers.getSetCookie().find(line => line.startsWith(sessionCookie))
    const [, maxAge] = /Max-Age=(\d+)/.exec(cookie ?? '') ?? []
    expect(Number(maxAge)).toBeGreaterThan(86_300)
    expect(Number(maxAge)).toBeLessThan(86_500)
    expect(identity.neighbours.session.sessions.at(-1)?.rememberMe).toBe(true)
  })

  it('offers the same again to who was remembered and has to sign in once more, and to nobody else', async () => {
    const { email } = await identity.register()
    const box = / id="remember_me"[^>]*>/
    for (const [more, isChecked] of [
      [{ remember_me: 'true' }, true],
      [{}, false],
    ] as const) {
      const visitor = createVisitor(identity)
      await signIn(visitor, email, more)
      const page = await visitor.open(`/login?flow=${await aFlow(identity, visitor)}`)
      expect(/ checked/.test(box.exec(page.text)?.[0] ?? '')).toBe(isChecked)
    }
    expect(box.exec((await createVisitor(identity).open('/login')).text)?.[0]).not.toContain('checked')
  })

  it('shows its form while nobody can say who was remembered', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    await signIn(visitor, email, { remember_me: 'true' })
    const flow = await aFlow(identity, visitor)
    identity.neighbours.session.set('away')
    try {
      expect((await visitor.open(`/login?flow=${flow}`)).status).toBe(200)
    } finally {
      identity.neighbours.session.set('up')
    }
  })

  it('ASVS 6.3.8: says and does the same for an address that is known and one that is not', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    const page = await visitor.open('/login')
    const [known, unknown] = [email, unknownAddress()]
    const answers = [
      await visitor.submit(page, { email: known, password: wrong }),
      await visitor.submit(page, { email: unknown, password: wrong }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401])
    expect(answers[0]?.text).toContain('<p>Invalid email or password</p>')
    expect(answers[0]?.text.replaceAll(known, '')).toBe(answers[1]?.text.replaceAll(unknown, ''))
    expect([...(answers[0]?.headers.keys() ?? [])]).toEqual([...(answers[1]?.headers.keys() ?? [])])
    expect(answers[0]?.text).not.toContain(wrong)
  })

  it('counts failures with those of the API, and says how long a lock lasts', async () => {
    const { email } = await identity.register()
    for (let failure = 0; failure < 3; failure += 1) await identity.login(email, wrong)
    const visitor = createVisitor(identity)
    for (let failure = 0; failure < 2; failure += 1) await signIn(visitor, email, { password: wrong })
    const answer = await signIn(visitor, email)
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(1_700)
    expect(answer.text).toContain('<p>Account temporarily locked</p>')
    expect(answer.text).toContain('Try again in 30 minutes')
    expect(visitor.cookies.has(sessionCookie)).toBe(false)
  })

  it('knows a device again, whether its owner signs in by API or by page', async () => {
    const { email, cookie } = await identity.register()
    for (let failure = 0; failure < 5; failure += 1) await identity.login(email, wrong)
    const visitor = createVisitor(identity)
    const [name = '', value = ''] = cookie.split('=')
    visitor.cookies.set(name, value)
    expect((await signIn(visitor, email)).status).toBe(303)
  })

  it('tells that an account is disabled only to who knows its password', async () => {
    const { email, id } = await identity.register()
    await identity.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id])
    const visitor = createVisitor(identity)
    expect((await signIn(visitor, email, { password: wrong })).status).toBe(401)
    const answer = await signIn(visitor, email)
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Account is disabled')
  })

  it('says field by field what is missing, and keeps what was typed', async () => {
    const visitor = createVisitor(identity)
    const answer = await visitor.submit(await visitor.open('/login'), { email: '"><b>', password: '' })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('value="&quot;&gt;&lt;b&gt;"')
    expect(answer.text).toContain('Enter an email address like user@example.com.')
    expect(answer.text).toContain('Enter your password.')
  })

  it('leads who is signed in to their account', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    await signIn(visitor, email)
    expect((await visitor.open('/login')).headers.get('location')).toBe('/account')
  })

  it('answers with a page when the token service is away, and nothing half done is left', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    const page = await visitor.open('/login')
    identity.neighbours.token.set('away')
    const answer = await visitor.submit(page, { email, password: goodPassword })
    identity.neighbours.token.set('up')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
    expect(answer.headers.has('retry-after')).toBe(true)
    expect(answer.text).toContain('right now')
    expect(identity.neighbours.session.sessions.at(-1)?.endReason).toBe('sign_in_failed')
  })
})

describe('a request that waits for a sign-in', () => {
  it('is named on the page, and gone on with afterwards', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    const handle = await aFlow(identity, visitor, {
      clientName: 'Acme <b>Notes</b>',
      formAction: 'https://notes.example',
      loginHint: email,
      uiLocales: 'pt fr',
    })
    const page = await visitor.open(`/login?flow=${handle}`)
    expect(page.text).toContain('<html lang="fr">')
    expect(page.text).toContain('pour continuer vers Acme &lt;b&gt;Notes&lt;/b&gt;')
    expect(page.text).toContain(`value="${email}"`)
    expect(page.text).toContain(`href="/forgot-password?flow=${handle}"`)
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://notes.example")
    const answer = await visitor.submit(page, { email, password: goodPassword })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/oauth/resume?flow=${handle}`])
  })

  it('outlives a wrong password', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    const handle = await aFlow(identity, visitor)
    const page = await visitor.open(`/login?flow=${handle}`)
    const again = await visitor.submit(page, { email, password: wrong })
    const answer = await visitor.submit(again, { password: goodPassword, email })
    expect(answer.headers.get('location')).toBe(`/oauth/resume?flow=${handle}`)
  })

  it('CHECKLIST 11: is of the browser that began it', async () => {
    const handle = await aFlow(identity, createVisitor(identity))
    const stranger = createVisitor(identity)
    for (const path of ['/login', '/register', '/forgot-password']) {
      const answer = await stranger.open(`${path}?flow=${handle}`)
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('began in another browser')
    }
  })

  it('signs nobody in once it is over: the page says to go back to the application', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    const handle = await aFlow(identity, visitor)
    const page = await visitor.open(`/login?flow=${handle}`)
    identity.neighbours.token.flows.pop()
    const answer = await visitor.submit(page, { email, password: goodPassword })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('Go back to the application')
    expect(visitor.cookies.has(sessionCookie)).toBe(false)
  })

  it('leads to a new account where the client asks for one, and back to sign-in for who has one', async () => {
    const visitor = createVisitor(identity)
    const handle = await aFlow(identity, visitor, { promptCreate: true })
    const answer = await visitor.open(`/login?flow=${handle}`)
    expect(answer.headers.get('location')).toBe(`/register?flow=${handle}`)
    for (const path of ['/register', '/forgot-password']) {
      const page = await visitor.open(`${path}?flow=${handle}`)
      const [, back = ''] = /<a href="(\/login[^"]+)">/.exec(page.text) ?? []
      expect((await visitor.open(back.replaceAll('&amp;', '&'))).status).toBe(200)
    }
  })
})
