import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const headingOf = (text: string) => /<h1>([^<]*)<\/h1>/.exec(text)?.[1]
const isVerified = async (bearer: string) =>
  (await identity.call('GET', '/auth/me', { bearer })).body.email_verified
const mailOf = (email: string, count = 1) => identity.mailTo(email, 'email_verification', count)

describe('/verify-email', () => {
  it('CHECKLIST 36: mail scanners that open the link change nothing; the button does, once', async () => {
    const { email, bearer } = await identity.register()
    const { token } = await mailOf(email)
    const visitor = createVisitor(identity)
    for (let time = 0; time < 3; time += 1) await visitor.open(`/verify-email?token=${token}`)
    const page = await visitor.open(`/verify-email?token=${token}`)
    expect([page.status, headingOf(page.text)]).toEqual([200, 'Confirm your email address'])
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.text).not.toMatch(/<script|https?:/)
    expect(await isVerified(bearer)).toBe(false)

    const sent = await visitor.submit(page)
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/verify-email?done=1'])
    expect(headingOf((await visitor.open('/verify-email?done=1')).text)).toBe('Your address is confirmed')
    expect(await isVerified(bearer)).toBe(true)
    const again = await visitor.submit(page)
    expect([again.status, headingOf(again.text)]).toEqual([400, 'This link does not work any more'])
  })

  it('takes the code of who is signed in in the browser', async () => {
    const email = 'signed-in-by-page@example.com'
    const visitor = createVisitor(identity)
    const register = await visitor.open('/register')
    await visitor.submit(register, { name: 'Jo', email, password: goodPassword })
    const { code } = await mailOf(email)
    const page = await visitor.open('/verify-email')
    expect(page.text).not.toContain('name="email"')
    const wrong = await visitor.submit(page, { code: code === '000000' ? '000001' : '000000' })
    expect([wrong.status, wrong.text.includes('This code is wrong or too old')]).toEqual([400, true])
    const right = await visitor.submit(page, { code })
    expect([right.status, right.headers.get('location')]).toEqual([303, '/verify-email?done=1'])
  })

  it('takes a code with its address from who is not, and locks after five guesses', async () => {
    const { email, bearer } = await identity.register()
    const { code } = await mailOf(email)
    const visitor = createVisitor(identity)
    const page = await visitor.open('/verify-email')
    expect((await visitor.submit(page, { email: 'nonsense', code })).status).toBe(400)
    expect((await visitor.submit(page, { email, code })).status).toBe(303)
    expect(await isVerified(bearer)).toBe(true)
    const answers = []
    for (let guess = 0; guess < 6; guess += 1)
      answers.push((await visitor.submit(page, { email, code: '1' })).status)
    expect(answers).toEqual([400, 400, 400, 400, 400, 429])
  })

  it('ASVS 6.3.8: offers another mail to any address, and tells nobody whether it has an account', async () => {
    const { email } = await identity.register()
    await mailOf(email)
    const visitor = createVisitor(identity)
    const page = await visitor.open('/verify-email/resend')
    const pages = []
    for (const address of [email, 'nobody-waits@example.com']) {
      const { status, headers } = await visitor.submit(page, { email: address })
      const location = String(headers.get('location'))
      expect([status, location]).toEqual([303, expect.stringMatching(/^\/verify-email\?request=[\w-]{36}$/)])
      pages.push((await visitor.open(location)).text.replace(/[0-9a-f-]{36}/g, ''))
    }
    expect(pages[0]).toBe(pages[1])
    const { code } = await mailOf(email, 2)
    expect((await visitor.submit(await visitor.open('/verify-email'), { email, code })).status).toBe(303)
    await identity.relayed()
    expect(
      identity.neighbours.notification.messages.some(
        ({ recipient }) => recipient === 'nobody-waits@example.com',
      ),
    ).toBe(false)
  })

  it('CHECKLIST 11: a request is of the browser that made it, and its forms are, too', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    const { headers } = await visitor.submit(await visitor.open('/verify-email/resend'), { email })
    const location = String(headers.get('location'))
    expect((await visitor.open(location)).text).not.toContain('name="email"')
    const stranger = createVisitor(identity)
    const stolen = await stranger.open(location)
    expect(stolen.text).toContain('name="email"')
    expect((await stranger.send('POST', '/verify-email', { email, code: '123456' })).status).toBe(403)
  })

  it('links to PUBLIC_URL and to nothing else, and escapes what comes with the link', async () => {
    const hostile = encodeURIComponent('"><script>alert(1)</script>')
    const page = await identity.call('GET', `/verify-email?token=${hostile}`)
    expect(page.text).not.toContain('<script')
  })
})
