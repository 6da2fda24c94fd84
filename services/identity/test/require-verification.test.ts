import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { aFlow } from './a-flow.ts'
import { goodPassword, type IdentityUnderTest, otherPassword, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ env: { REQUIRE_EMAIL_VERIFICATION: 'true' } })
})
afterAll(() => identity.close())

const anEmail = () => `new-${createUuid()}@example.com`
const register = (email: string) =>
  identity.call('POST', '/auth/register', { body: { email, password: goodPassword, name: 'Jo' } })
const verify = (body: object) => identity.call('POST', '/auth/email/verify', { body })
const mailOf = (email: string, count = 1) => identity.mailTo(email, 'email_verification', count)

describe('REQUIRE_EMAIL_VERIFICATION=true', () => {
  it('registers without tokens and without a session', async () => {
    const email = anEmail()
    const answer = await register(email)
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({ user: expect.objectContaining({ email, email_verified: false }) })
    const { id } = answer.body.user as { id: string }
    expect(identity.neighbours.session.sessions.filter(({ userId }) => userId === id)).toEqual([])
    expect((await register(email)).status).toBe(409)
  })

  it('tells only who knows the password, and lets them in once the address is verified', async () => {
    const email = anEmail()
    await register(email)
    const refused = await identity.login(email, goodPassword)
    expect(refused).toMatchObject({ status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } })
    expect((await identity.login(email, otherPassword)).status).toBe(401)
    const { code } = await mailOf(email)
    expect((await verify({ email, code })).status).toBe(200)
    const signedIn = await identity.login(email, goodPassword)
    expect([signedIn.status, signedIn.body.user]).toEqual([
      200,
      expect.objectContaining({ email_verified: true }),
    ])
  })

  it('sends another mail at a sign-in where the last code is too old, and only then', async () => {
    const email = anEmail()
    await register(email)
    await mailOf(email)
    await identity.login(email, goodPassword)
    await identity.relayed()
    expect((await mailOf(email)).count).toBe(1)
    await identity.database.pool.query(
      'UPDATE email_proofs SET code_expires_at = now() WHERE email_key = $1',
      [email],
    )
    await identity.login(email, goodPassword)
    await identity.login(email, goodPassword)
    const { token } = await mailOf(email, 2)
    await identity.relayed()
    expect((await mailOf(email)).count).toBe(2)
    expect((await verify({ token })).status).toBe(200)
  })

  it('a reset by mail is as good as a verification', async () => {
    const email = anEmail()
    await register(email)
    await identity.call('POST', '/auth/password/reset', { body: { email } })
    const { token } = await identity.mailTo(email, 'password_reset')
    const body = { token, new_password: otherPassword }
    expect((await identity.call('POST', '/auth/password/reset/confirm', { body })).status).toBe(200)
    expect((await identity.login(email, otherPassword)).status).toBe(200)
  })

  it('leads a browser from registration over the code to the sign-in, for the request that waits', async () => {
    const email = anEmail()
    const visitor = createVisitor(identity)
    const flow = await aFlow(identity, visitor)
    const form = await visitor.open(`/register?flow=${flow}`)
    const sent = await visitor.submit(form, { name: 'Jo', email, password: goodPassword })
    const location = String(sent.headers.get('location'))
    expect([sent.status, location]).toEqual([
      303,
      expect.stringMatching(new RegExp(`^/verify-email\\?request=[\\w-]+&flow=${flow}$`)),
    ])
    const page = await visitor.open(location)
    expect(page.text).not.toContain('name="email"')
    const done = await visitor.submit(page, { code: (await mailOf(email)).code })
    expect(done.headers.get('location')).toBe(`/verify-email?done=1&flow=${flow}`)
    expect((await visitor.open(`/verify-email?done=1&flow=${flow}`)).text).toContain(`/login?flow=${flow}`)
    const login = await visitor.submit(await visitor.open(`/login?flow=${flow}`), {
      email,
      password: goodPassword,
    })
    expect(login.headers.get('location')).toBe(`/oauth/resume?flow=${flow}`)
  })

  it('leads who signs in by page too early to the code, and says nothing to who does not know the password', async () => {
    const email = anEmail()
    await register(email)
    const visitor = createVisitor(identity)
    const login = await visitor.open('/login')
    expect((await visitor.submit(login, { email, password: otherPassword })).status).toBe(401)
    const { status, headers } = await visitor.submit(login, { email, password: goodPassword })
    expect([status, headers.get('location')]).toEqual([
      303,
      expect.stringMatching(/^\/verify-email\?request=/),
    ])
    const page = await visitor.open(String(headers.get('location')))
    const done = await visitor.submit(page, { code: (await mailOf(email)).code })
    expect(done.headers.get('location')).toBe('/verify-email?done=1')
    expect((await visitor.submit(login, { email, password: goodPassword })).headers.get('location')).toBe(
      '/account',
    )
  })
})
