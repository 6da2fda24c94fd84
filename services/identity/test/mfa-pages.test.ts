import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { browserCookiesOf } from '@latchkey/contracts'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock } from '@latchkey/testkit'
import { aFlow } from './a-flow.ts'
import { type Answer, goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { locationOf, recoveryCodesOn, secretOn, typePassword } from './mfa-visitor.ts'
import { publicUrl } from './neighbours.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'
import { anApp, withTotp } from './second-factors.ts'

const clock = createClock()
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
beforeEach(() => {
  clock.advance(60_000)
})
afterAll(() => identity.close())

const cookieNames = browserCookiesOf(publicUrl)

const queryOf = (answer: Answer) => new URLSearchParams(locationOf(answer).split('?')[1])

const isSignedIn = async (visitor: Visitor) => (await visitor.open('/account')).status === 200

const mfa = 'urn:latchkey:acr:mfa'

describe('/mfa', () => {
  it('asks who has proven the password for a code, and gives the cookie for it', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = createVisitor(identity)
    const asked = await typePassword(visitor, email)
    expect(asked.status).toBe(303)
    expect(locationOf(asked)).toMatch(/^\/mfa\?challenge=[\w-]{43}$/)
    expect(await isSignedIn(visitor)).toBe(false)
    const page = await visitor.open(locationOf(asked))
    expect(page.text).toMatch(/name="code" autocomplete="one-time-code"/)
    const done = await visitor.submit(page, { code: app.nextCode() })
    expect([done.status, locationOf(done)]).toEqual([303, '/account'])
    expect(await isSignedIn(visitor)).toBe(true)
    expect(identity.neighbours.token.browserSessions.at(-1)?.authenticationMethods).toEqual([
      'pwd',
      'otp',
      'mfa',
    ])
  })

  it('takes a recovery code in its place, and leads on to the application that waits', async () => {
    const { email, recoveryCodes } = await withTotp(identity, clock)
    const visitor = createVisitor(identity)
    const flow = await aFlow(identity, visitor)
    const asked = await typePassword(visitor, email, flow)
    const page = await visitor.open(`${locationOf(asked)}&method=recovery_code`)
    expect(page.text).toContain('Use a recovery code')
    const done = await visitor.submit(page, { code: recoveryCodes[0] ?? '' })
    expect(locationOf(done)).toBe(`/oauth/resume?flow=${flow}`)
  })

  it('says what is wrong, and lets nobody by without a code', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = createVisitor(identity)
    const asked = await typePassword(visitor, email)
    const page = await visitor.open(locationOf(asked))
    for (const code of [app.wrongCode(), '', 'nonsense']) {
      const again = await visitor.submit(page, { code })
      expect([again.status, /wrong, or was used before/.test(again.text)]).toEqual([401, true])
    }
    expect(await isSignedIn(visitor)).toBe(false)
  })

  it('is of the browser that has proven the password alone (CHECKLIST 11)', async () => {
    const { email, app } = await withTotp(identity, clock)
    const [victim, thief] = [createVisitor(identity), createVisitor(identity)]
    const location = locationOf(await typePassword(victim, email))
    const seen = await thief.open(location)
    expect([seen.status, locationOf(seen)]).toEqual([303, '/login'])
    const other = await withTotp(identity, clock)
    const form = await thief.open(locationOf(await typePassword(thief, other.email)))
    const challenge = new URLSearchParams(location.split('?')[1]).get('challenge') ?? ''
    const answer = await thief.submit(form, { code: app.nextCode(), challenge })
    expect([answer.status, locationOf(answer)]).toEqual([303, '/login'])
    expect(await isSignedIn(thief)).toBe(false)
  })

  it('takes no form of another site (CHECKLIST 10)', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = createVisitor(identity)
    const page = await visitor.open(locationOf(await typePassword(visitor, email)))
    const answer = await visitor.submit(page, { code: app.nextCode(), csrf: 'A'.repeat(43) })
    expect([answer.status, await isSignedIn(visitor)]).toEqual([403, false])
  })

  it('is no use at the API, nor is a token of the API there', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = createVisitor(identity)
    const mfa_token = queryOf(await typePassword(visitor, email)).get('challenge')
    const body = { mfa_token, code: app.nextCode() }
    expect((await identity.call('POST', '/auth/mfa/verify', { body })).body.code).toBe('INVALID_MFA_TOKEN')
    const token = String((await identity.login(email, goodPassword)).body.mfa_token)
    expect(locationOf(await visitor.open(`/mfa?challenge=${token}`))).toBe('/login')
  })

  it('remembers the device where its box is ticked, until its owner has it asked again', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = createVisitor(identity)
    const page = await visitor.open(locationOf(await typePassword(visitor, email)))
    await visitor.submit(page, { code: app.nextCode(), remember_device: 'true' })
    expect(locationOf(await typePassword(visitor, email, await aFlow(identity, visitor)))).toMatch(
      /^\/oauth\/resume/,
    )
    const security = await visitor.open('/account/security')
    expect(security.text).toContain('Not asked for the second factor until')
    const forgotten = await visitor.submit(security, {}, '/account/security/devices/forget')
    expect(locationOf(forgotten)).toMatch(/^\/account\/security\?done=/)
    expect(locationOf(await typePassword(visitor, email, await aFlow(identity, visitor)))).toMatch(/^\/mfa\?/)
  })
})

describe('/mfa/step-up', () => {
  it('asks who is signed in with a password for a code, and begins a new session with both', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = createVisitor(identity)
    // Remembered, so that the password alone has signed them in.
    const page = await visitor.open(locationOf(await typePassword(visitor, email)))
    await visitor.submit(page, { code: app.nextCode(), remember_device: 'true' })
    await typePassword(visitor, email, await aFlow(identity, visitor))
    const cookie = visitor.cookies.get(cookieNames.session)
    const flow = await aFlow(identity, visitor, { acrWanted: mfa })
    const asked = await visitor.open(`/mfa/step-up?flow=${flow}`)
    expect(locationOf(asked)).toMatch(/^\/mfa\?challenge=/)
    const done = await visitor.submit(await visitor.open(locationOf(asked)), { code: app.nextCode() })
    expect(locationOf(done)).toBe(`/oauth/resume?flow=${flow}`)
    // A cookie of its own (ASVS 7.2.4).
    expect(visitor.cookies.get(cookieNames.session)).not.toBe(cookie)
    expect(identity.neighbours.token.browserSessions.at(-1)).toMatchObject({
      authenticationMethods: ['pwd', 'otp', 'mfa'],
      replaces: cookie,
    })
  })

  it.each([
    ['remembered where the one that it takes the place of was', true],
    ['over with the browser where that was', false],
  ])('begins a session that is %s', async (_, isRemembered) => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = createVisitor(identity)
    const page = await visitor.open(locationOf(await typePassword(visitor, email)))
    await visitor.submit(page, { code: app.nextCode(), remember_device: 'true' })
    const again = await visitor.open(`/login?flow=${await aFlow(identity, visitor)}`)
    const remember = isRemembered ? { remember_me: 'true' } : {}
    await visitor.submit(again, { email, password: goodPassword, ...remember })
    const flow = await aFlow(identity, visitor, { acrWanted: mfa })
    const asked = await visitor.open(locationOf(await visitor.open(`/mfa/step-up?flow=${flow}`)))
    const done = await visitor.submit(asked, { code: app.nextCode() })
    expect(locationOf(done)).toBe(`/oauth/resume?flow=${flow}`)
    expect(identity.neighbours.session.sessions.at(-1)?.rememberMe).toBe(isRemembered)
    const cookie = done.headers.getSetCookie().find(line => line.startsWith(cookieNames.session))
    expect(/Max-Age/.test(String(cookie))).toBe(isRemembered)
  })

  it('leads back where there is nothing to ask for and the request can do without', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    await typePassword(visitor, email)
    for (const acr of [{ acrWanted: mfa }, { wanted: 'phr' }, { wanted: 'phr', required: 'phr' }]) {
      const flow = await aFlow(identity, visitor, acr)
      const answer = await visitor.open(`/mfa/step-up?flow=${flow}`)
      expect(locationOf(answer)).toBe(`/oauth/resume?flow=${flow}&acr=unmet`)
    }
  })

  it('has an app set up where the request does not do without', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    await typePassword(visitor, email)
    const flow = await aFlow(identity, visitor, { acrWanted: mfa, acrRequired: mfa })
    const asked = await visitor.open(`/mfa/step-up?flow=${flow}`)
    expect(locationOf(asked)).toMatch(/^\/mfa\/enrol\?challenge=/)
    const page = await visitor.open(locationOf(asked))
    const done = await visitor.submit(page, { code: anApp(secretOn(page), clock).codeNow() })
    expect(locationOf(done)).toBe(`/oauth/resume?flow=${flow}`)
    expect(identity.neighbours.token.browserSessions.at(-1)?.authenticationMethods).toEqual([
      'pwd',
      'otp',
      'mfa',
    ])
  })

  it('asks for the password again before it lets a factor be set up in an old session (ASVS 7.5.1)', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    await typePassword(visitor, email)
    clock.advance(600_000)
    const flow = await aFlow(identity, visitor, { acrWanted: mfa, acrRequired: mfa })
    expect(locationOf(await visitor.open(`/mfa/step-up?flow=${flow}`))).toBe(`/login?flow=${flow}`)
  })

  it('is nothing for who is not signed in', async () => {
    const visitor = createVisitor(identity)
    const flow = await aFlow(identity, visitor, { acrWanted: mfa })
    expect(locationOf(await visitor.open(`/mfa/step-up?flow=${flow}`))).toBe(`/login?flow=${flow}`)
  })
})

describe('a role whose holders must have a second factor', () => {
  const demanded = async () => {
    const person = await identity.register()
    const { pool } = identity.database
    const role = `role-${createUuid()}`
    await pool.query(
      "INSERT INTO roles (name, kind, description, require_mfa, created_at, updated_at) VALUES ($1, 'user', '', true, now(), now())",
      [role],
    )
    await pool.query('INSERT INTO user_roles (user_id, role, assigned_at) VALUES ($1, $2, now())', [
      person.id,
      role,
    ])
    return person
  }

  it('has them set one up on the way in, and the codes that were shown work', async () => {
    const { email } = await demanded()
    const visitor = createVisitor(identity)
    const asked = await typePassword(visitor, email)
    expect(locationOf(asked)).toMatch(/^\/mfa\/enrol\?challenge=/)
    expect(await isSignedIn(visitor)).toBe(false)
    const page = await visitor.open(locationOf(asked))
    const codes = recoveryCodesOn(page)
    expect(codes).toHaveLength(10)
    const app = anApp(secretOn(page), clock)
    const wrong = await visitor.submit(page, { code: app.wrongCode() })
    expect([wrong.status, recoveryCodesOn(wrong), secretOn(wrong)]).toEqual([400, codes, secretOn(page)])
    const done = await visitor.submit(wrong, { code: app.codeNow() })
    expect([done.status, await isSignedIn(visitor)]).toEqual([303, true])
    const next = createVisitor(identity)
    const again = await next.open(locationOf(await typePassword(next, email)))
    expect((await next.submit(again, { code: codes[3] ?? '' })).status).toBe(303)
  })

  it('gives a program 403, and a token that is good for setting one up and for nothing else', async () => {
    const { email } = await demanded()
    const refused = await identity.login(email, goodPassword)
    expect([refused.status, refused.body.code]).toEqual([403, 'MFA_ENROLMENT_REQUIRED'])
    const { mfa_token } = refused.body
    const call = (path: string, body: object) => identity.call('POST', path, { body: { mfa_token, ...body } })
    expect((await call('/auth/mfa/verify', { code: '123456' })).body.code).toBe('INVALID_MFA_TOKEN')
    const begun = await call('/auth/mfa/enrol', {})
    const app = anApp(String(begun.body.secret), clock)
    expect((await call('/auth/mfa/enrol/confirm', { code: app.wrongCode() })).body.code).toBe(
      'INVALID_MFA_CODE',
    )
    const done = await call('/auth/mfa/enrol/confirm', { code: app.codeNow() })
    expect(done.body).toMatchObject({ token_type: 'Bearer', recovery_codes: expect.any(Array) })
    // The session that it led to: where its owner disowns that one, the app goes with it.
    const { rows } = await identity.database.pool.query(
      'SELECT f.set_up_by AS "setUpBy" FROM totp_factors f JOIN users u ON u.id = f.user_id WHERE u.email = $1',
      [email],
    )
    expect(rows).toEqual([{ setUpBy: identity.neighbours.session.sessions.at(-1)?.id }])
    expect((await call('/auth/mfa/enrol', {})).body.code).toBe('INVALID_MFA_TOKEN')
    expect((await identity.login(email, goodPassword)).body.code).toBe('MFA_REQUIRED')
  })
})
