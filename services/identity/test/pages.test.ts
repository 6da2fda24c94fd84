/** The pages of identity over HTTP (SPEC §2.3; CHECKLIST 9, 10). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually, hiddenFieldsOf } from '@latchkey/testkit'
import { aFlow } from './a-flow.ts'
import { goodPassword, type IdentityUnderTest, otherPassword, startIdentity } from './identity-under-test.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const unknownAddress = () => `nobody-${createUuid()}@example.com`
const sessionCookie = '__Host-latchkey_session'

const signIn = async (visitor: Visitor, email: string, fields: Record<string, string> = {}) =>
  visitor.submit(await visitor.open('/login'), { email, password: goodPassword, ...fields })

describe('CHECKLIST 10: CSRF protection of the forms', () => {
  const forms = [
    ['/login', { email: 'a@example.com', password: goodPassword }],
    ['/register', { email: 'a@example.com', password: goodPassword, name: 'Jo' }],
    ['/forgot-password', { email: 'a@example.com' }],
  ] as const

  it.each(forms)(
    '%s refuses a form without a token, and one of another browser or page',
    async (path, fields) => {
      const [mine, theirs] = [createVisitor(identity), createVisitor(identity)]
      await mine.open(path)
      expect((await mine.send('POST', path, fields)).status).toBe(403)
      const foreign = hiddenFieldsOf((await theirs.open(path)).text)
      expect((await mine.send('POST', path, { ...fields, ...foreign })).status).toBe(403)
      const otherPage = hiddenFieldsOf((await mine.open(path === '/login' ? '/register' : '/login')).text)
      const answer = await mine.send('POST', path, { ...fields, ...otherPage })
      expect(answer.status).toBe(403)
      expect(answer.text).toContain('This form does not work any more')
    },
  )

  it('login CSRF: a form from elsewhere signs nobody in, even with a token', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity, { 'sec-fetch-site': 'cross-site' })
    const answer = await signIn(visitor, email)
    expect(answer.status).toBe(403)
    expect(visitor.cookies.has(sessionCookie)).toBe(false)
  })
})

describe('/register', () => {
  it('makes an account and signs it in, with no tokens', async () => {
    const visitor = createVisitor(identity)
    const handle = await aFlow(identity, visitor)
    const email = `user-${createUuid()}@example.com`
    const issued = identity.neighbours.token.issued.length
    const page = await visitor.open(`/register?flow=${handle}`)
    const answer = await visitor.submit(page, { email, password: goodPassword, name: 'Jo Doe' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/oauth/resume?flow=${handle}`])
    expect(visitor.cookies.has(sessionCookie)).toBe(true)
    expect(identity.neighbours.token.issued).toHaveLength(issued)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('says everything that is wrong, field by field, in the language of the page', async () => {
    const visitor = createVisitor(identity, { 'accept-language': 'de' })
    const page = await visitor.open('/register')
    const answer = await visitor.submit(page, { email: 'nonsense', password: 'abc', name: '' })
    expect(answer.status).toBe(400)
    for (const sentence of [
      'Geben Sie eine E-Mail-Adresse wie user@example.com ein.',
      'Geben Sie Ihren Namen ein.',
      'Es muss mindestens 8 Zeichen haben.',
      'Es muss einen Großbuchstaben enthalten.',
    ])
      expect(answer.text).toContain(sentence)
    expect(answer.text).not.toContain('value="abc"')
  })

  it('says that an address has an account', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    const page = await visitor.open('/register')
    const answer = await visitor.submit(page, { email, password: otherPassword, name: 'Jo' })
    expect(answer.status).toBe(409)
    expect(answer.text).toContain('An account with this email already exists')
  })
})

describe('/forgot-password', () => {
  it('answers the same for every address, and mails the known one in the language of the page', async () => {
    const { email } = await identity.register()
    const answers: string[] = []
    for (const address of [email, unknownAddress()]) {
      const visitor = createVisitor(identity, { 'accept-language': 'fr' })
      const answer = await visitor.submit(await visitor.open('/forgot-password'), { email: address })
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/forgot-password?sent=1'])
      answers.push((await visitor.open('/forgot-password?sent=1')).text)
    }
    expect(answers[0]).toBe(answers[1])
    await eventually(() => {
      const mail = identity.neighbours.notification.messages.find(
        ({ recipient, template }) => recipient === email && template === 'password_reset',
      )
      expect(mail).toMatchObject({ locale: 'fr' })
    })
  })

  it('keeps the request that waits', async () => {
    const visitor = createVisitor(identity)
    const handle = await aFlow(identity, visitor)
    const page = await visitor.open(`/forgot-password?flow=${handle}`)
    const answer = await visitor.submit(page, { email: unknownAddress() })
    expect(answer.headers.get('location')).toBe(`/forgot-password?sent=1&flow=${handle}`)
  })

  it('comes back for what is no address', async () => {
    const visitor = createVisitor(identity)
    const answer = await visitor.submit(await visitor.open('/forgot-password'), { email: 'nonsense' })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('aria-describedby="email_error"')
  })
})

describe('/account', () => {
  it('asks who is not signed in to sign in', async () => {
    expect((await createVisitor(identity).open('/account')).headers.get('location')).toBe('/login')
  })

  it('says who is signed in, and signs out: the session ends and the cookie goes', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    await signIn(visitor, email)
    const page = await visitor.open('/account')
    expect(page.text).toContain(email)
    const answer = await visitor.submit(page, {}, '/account/sign-out')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login'])
    expect(identity.neighbours.session.sessions.at(-1)?.endReason).toBe('logout')
    expect(visitor.cookies.has(sessionCookie)).toBe(false)
  })

  it('signs nobody out by a link or a form from elsewhere', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    await signIn(visitor, email)
    expect((await visitor.open('/account/sign-out')).status).toBe(405)
    expect((await visitor.send('POST', '/account/sign-out', {})).status).toBe(403)
    expect(identity.neighbours.session.sessions.at(-1)?.endReason).toBeUndefined()
  })
})

describe('every page', () => {
  it.each([
    '/register',
    '/forgot-password',
    '/forgot-password?sent=1',
    '/reset-password?token=x',
    '/reset-password?done=1',
    '/reset-password',
  ])('%s runs nothing, is framed by nobody and tells nobody where from (CHECKLIST 9)', async path => {
    const { headers, text } = await createVisitor(identity).open(path)
    const policy = headers.get('content-security-policy') ?? ''
    for (const directive of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(directive)
    expect(policy).not.toMatch(/script-src|unsafe/)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(text).not.toMatch(/<script|https?:\/\/|\son\w+=/i)
  })

  it('/login runs one script, of our own origin, and does without it', async () => {
    const { headers, text } = await createVisitor(identity).open('/login')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; ")
    expect(policy).toContain("; script-src 'self'; connect-src 'self'; form-action 'self'")
    expect(policy).not.toContain('unsafe')
    expect(text.match(/<script[^>]*>[^<]*/g)).toEqual([
      expect.stringMatching(/^<script type="module" src="\/assets\/passkeys\.[\w-]{16}\.js">$/),
    ])
    expect(text).not.toMatch(/https?:\/\/|\son\w+=/i)
    expect(text).toMatch(/<form method="post" action="\/login\/passkey" hidden/)
  })

  it.each(['en', 'de', 'fr'])('speaks %s', async locale => {
    for (const path of ['/login', '/register', '/forgot-password', '/reset-password?token=x']) {
      const { text } = await createVisitor(identity, { 'accept-language': locale }).open(path)
      expect(text).toContain(`<html lang="${locale}">`)
    }
  })
})
