/** A human check on the pages: the widget of the provider, where one is due, and what becomes of a form without its token. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { type Elsewhere, startElsewhere } from './elsewhere.ts'
import { acceptGoodToken } from './human-check-provider.ts'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'

const scriptUrl = 'https://challenges.cloudflare.com/turnstile/v0/api.js'
const field = 'cf-turnstile-response'

let identity: IdentityUnderTest
let withoutWidget: IdentityUnderTest
let provider: Elsewhere
beforeAll(async () => {
  provider = await startElsewhere(() => ({ status: 200 }))
  const env = {
    CHALLENGE_VERIFY_URL: `${provider.url}/siteverify`,
    CHALLENGE_SECRET: 'secret-of-the-site',
    CHALLENGE_AFTER_FAILURES: '3',
    EMAIL_SIGN_IN: 'both',
    OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8',
  }
  ;[identity, withoutWidget] = await Promise.all([
    startIdentity({ env: { ...env, CHALLENGE_SITE_KEY: 'site-key', CHALLENGE_SCRIPT_URL: scriptUrl } }),
    startIdentity({ env }),
  ])
})
afterAll(async () => {
  await Promise.all([identity.close(), withoutWidget.close()])
  await provider.close()
})

beforeEach(() => {
  provider.asked.length = 0
  provider.answer(acceptGoodToken)
})

const anAddress = () => `${createUuid()}@example.com`

/** Somebody in a network where so much has failed that they are asked. */
const visitorUnderPressure = async (address: string, of = identity): Promise<Visitor> => {
  const headers = { 'x-forwarded-for': address }
  const fail = () =>
    of.call('POST', '/auth/login', { body: { email: anAddress(), password: 'a guess' }, headers })
  for (let time = 0; time < 3; time += 1) await fail()
  await eventually(async () => expect((await fail()).status).toBe(403))
  return createVisitor(of, headers)
}

const fieldsOf = {
  '/login': { email: 'jo@example.com', password: goodPassword },
  '/register': { name: 'Jo Doe', email: 'jo@example.com', password: goodPassword },
  '/forgot-password': { email: 'jo@example.com' },
  '/login/email': { email: 'jo@example.com' },
}
const paths = Object.keys(fieldsOf) as (keyof typeof fieldsOf)[]

describe('a human check on pages', () => {
  it.each(paths)('%s shows none, and nothing of somebody else, where nothing has failed', async path => {
    const page = await createVisitor(identity, { 'x-forwarded-for': '203.0.113.40' }).open(path)
    expect(page.text).not.toMatch(/turnstile|noscript/)
    expect(page.headers.get('content-security-policy')).not.toContain('cloudflare')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  })

  it.each(paths)(
    '%s shows the widget of the provider where one is due, and lets in its origin',
    async path => {
      const visitor = await visitorUnderPressure(`198.51.100.${10 + paths.indexOf(path)}`)
      const page = await visitor.open(path)
      expect(page.status).toBe(200)
      expect(page.text).toContain(`<script src="${scriptUrl}" async defer></script>`)
      expect(page.text).toContain('<div class="challenge cf-turnstile" data-sitekey="site-key"></div>')
      expect(page.text).toMatch(/<noscript>[\s\S]*This needs JavaScript[\s\S]*<\/noscript>/)
      const policy = String(page.headers.get('content-security-policy'))
      expect(policy).toMatch(/script-src [^;]*https:\/\/challenges\.cloudflare\.com;/)
      expect(policy).toContain('frame-src https://challenges.cloudflare.com')
      expect(policy).not.toContain('unsafe')
    },
  )

  it.each(paths)(
    '%s comes back with what was typed, but the password, until the challenge is met',
    async path => {
      const visitor = await visitorUnderPressure(`198.51.100.${20 + paths.indexOf(path)}`)
      const { count: users } = (await identity.database.pool.query('SELECT count(*) FROM users')).rows[0]
      const missing = await visitor.submit(await visitor.open(path), fieldsOf[path], path)
      expect(missing.status).toBe(403)
      expect(missing.text).toContain('Answer the question below')
      expect(missing.text).toContain('value="jo@example.com"')
      expect(missing.text).not.toContain(goodPassword)
      expect(missing.text).toContain('cf-turnstile')
      expect(provider.asked).toEqual([])

      const wrong = await visitor.submit(missing, { ...fieldsOf[path], [field]: 'bad' }, path)
      expect(wrong.status).toBe(403)
      expect(wrong.text).toContain('That was not accepted')
      const { count } = (await identity.database.pool.query('SELECT count(*) FROM users')).rows[0]
      expect(count).toBe(users)
    },
  )

  it('asks the provider as for the API, and goes on where it agrees', async () => {
    const address = '198.51.100.30'
    const visitor = await visitorUnderPressure(address)
    const { email, password } = await identity.register()
    const page = await visitor.open('/login')
    const answer = await visitor.submit(page, { email, password, [field]: 'good' }, '/login')
    expect(answer.status).toBe(303)
    expect(Object.fromEntries(new URLSearchParams(provider.asked.at(-1)?.body))).toEqual({
      secret: 'secret-of-the-site',
      response: 'good',
      remoteip: address,
    })
    const form = await visitor.open('/forgot-password')
    expect((await visitor.submit(form, { email, [field]: 'good' })).status).toBe(303)
  })

  it('needs another one for each try: a wrong password brings the widget back', async () => {
    const visitor = await visitorUnderPressure('198.51.100.31')
    const { email } = await identity.register()
    const page = await visitor.open('/login')
    const wrong = await visitor.submit(page, { email, password: 'a guess', [field]: 'good' }, '/login')
    expect(wrong.status).toBe(401)
    expect(wrong.text).toContain('Invalid email or password')
    expect(wrong.text).toContain('cf-turnstile')
    expect(wrong.text).not.toContain('Answer the')
  })

  it('takes the token of the configured provider alone', async () => {
    const visitor = await visitorUnderPressure('198.51.100.32')
    const page = await visitor.open('/forgot-password')
    const answer = await visitor.submit(page, { email: anAddress(), 'h-captcha-response': 'good' })
    expect(answer.status).toBe(403)
    expect(provider.asked).toEqual([])
  })

  it('says at the form that the provider does not answer, with Retry-After', async () => {
    const visitor = await visitorUnderPressure('198.51.100.33')
    provider.answer(() => ({ status: 500 }))
    const page = await visitor.open('/register')
    const answer = await visitor.submit(page, { ...fieldsOf['/register'], [field]: 'good' })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.text).toContain('be checked at the moment')
    expect(answer.text).toContain('value="Jo Doe"')
  })

  it('asks nobody the provider for a form that is not ours', async () => {
    const visitor = await visitorUnderPressure('198.51.100.34')
    const answer = await visitor.send('POST', '/login', { ...fieldsOf['/login'], [field]: 'good' })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('This form does not work any more')
    expect(provider.asked).toEqual([])
  })

  it.each(paths)('%s waits until it is over where no widget is set up', async path => {
    const visitor = await visitorUnderPressure(`198.51.100.${40 + paths.indexOf(path)}`, withoutWidget)
    const page = await visitor.open(path)
    expect(page.text).not.toMatch(/noscript|data-sitekey/)
    const answer = await visitor.submit(page, { ...fieldsOf[path], [field]: 'good' }, path)
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Too many attempts from your network')
    expect(provider.asked).toEqual([])
  })
})
