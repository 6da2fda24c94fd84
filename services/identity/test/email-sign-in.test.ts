import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import { aFlow } from './a-flow.ts'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'
import { challengeOf, enrol } from './second-factors.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now, env: { EMAIL_SIGN_IN: 'both' } })
})
afterAll(() => identity.close())

const ask = (email: string) => identity.call('POST', '/auth/email/sign-in', { body: { email } })
const confirm = (body: object) => identity.call('POST', '/auth/email/sign-in/confirm', { body })
const mailOf = (email: string, count = 1) => identity.mailTo(email, 'email_sign_in', count)
const headingOf = (text: string) => /<h1>([^<]*)<\/h1>/.exec(text)?.[1]
const asked = async () => {
  const person = await identity.register()
  await ask(person.email)
  return { ...person, ...(await mailOf(person.email)) }
}
const invalid = {
  status: 400,
  body: { code: 'INVALID_VERIFICATION_TOKEN', detail: 'Invalid or expired token' },
}

/** A browser that has asked for a mail, and the page that it was led to. */
const askByPage = async (email: string, flow = '') => {
  const visitor = createVisitor(identity)
  const form = await visitor.open(`/login/email${flow === '' ? '' : `?flow=${flow}`}`)
  const sent = await visitor.submit(form, { email })
  expect(sent.status).toBe(303)
  return { visitor, page: await visitor.open(String(sent.headers.get('location'))) }
}

describe('POST /auth/email/sign-in', () => {
  it('ASVS 6.3.8: answers known and unknown addresses alike, and mails only the known one', async () => {
    const { email } = await identity.register()
    const unknown = `nobody-${createUuid()}@example.com`
    const [a, b] = [await ask(email), await ask(unknown)]
    expect([a.status, a.text]).toEqual([200, b.text])
    await identity.relayed()
    expect((await mailOf(email)).count).toBe(1)
    expect(identity.neighbours.notification.messages.some(mail => mail.recipient === unknown)).toBe(false)
  })

  it('signs in with the code or the link, by amr otp, and proves the address', async () => {
    for (const by of ['code', 'token'] as const) {
      const { email, id, code, token } = await asked()
      const answer = await confirm(by === 'code' ? { email, code, remember_me: true } : { token })
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({
        user: { id, email_verified: true },
        access_token: expect.any(String),
      })
      const issued = identity.neighbours.token.issued.filter(({ subject }) => subject?.userId === id)
      expect(issued.at(-1)?.authenticationMethods).toEqual(['otp'])
      expect(await confirm({ email, code })).toMatchObject(invalid)
      expect(await confirm({ token })).toMatchObject(invalid)
    }
  })

  it('CHECKLIST 39: leaves whoever registered a stranger’s address no password, no session and no code', async () => {
    const { email, id, token } = await asked()
    const intruder = identity.neighbours.session.sessions.filter(({ userId }) => userId === id)
    expect((await confirm({ token })).body.user).toMatchObject({ email_verified: true })
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    await eventually(() => expect(intruder.map(({ endReason }) => endReason)).toEqual(['password_changed']))
    const owner = identity.neighbours.session.sessions.filter(({ userId }) => userId === id).at(-1)
    expect(owner?.endReason).toBeUndefined()
    await eventually(() =>
      expect(identity.neighbours.token.offlineEndings).toContainEqual(
        expect.objectContaining({ userId: id }),
      ),
    )
  })

  it('leaves the password in the browser that the address was registered in, and where it was verified', async () => {
    const email = `user-${createUuid()}@example.com`
    const visitor = createVisitor(identity)
    const form = await visitor.open('/register')
    expect((await visitor.submit(form, { email, password: goodPassword, name: 'Ann' })).status).toBe(303)
    const sent = await visitor.submit(await visitor.open('/login/email'), { email })
    const page = await visitor.open(String(sent.headers.get('location')))
    expect((await visitor.submit(page, { code: (await mailOf(email)).code ?? '' })).status).toBe(303)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
    await ask(email)
    expect((await confirm({ token: (await mailOf(email, 2)).token })).status).toBe(200)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('CHECKLIST 39: proves no address for whoever holds the factors of its account', async () => {
    const { email, bearer, id } = await identity.register()
    await enrol(identity, bearer, clock)
    await ask(email)
    expect(challengeOf(await confirm({ token: (await mailOf(email)).token }))).not.toBe('')
    const isVerified = 'SELECT FROM users WHERE id = $1 AND email_verified_at IS NOT NULL'
    expect((await identity.database.pool.query(isVerified, [id])).rowCount).toBe(0)
  })

  it('ASVS 6.5.1: works once under twenty parallel requests', async () => {
    const { token } = await asked()
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm({ token })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('CHECKLIST 34: twenty parallel guesses count as twenty; the link still lets the owner in', async () => {
    const { email, code, token } = await asked()
    const wrong = code === '000000' ? '000001' : '000000'
    const guesses = await Promise.all(Array.from({ length: 20 }, () => confirm({ email, code: wrong })))
    expect(guesses.filter(({ status }) => status === 400)).toHaveLength(5)
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(15)
    expect((await confirm({ email, code })).status).toBe(429)
    expect((await confirm({ token })).status).toBe(200)
  })

  it('ASVS 6.5.5: lives ten minutes, link and code', async () => {
    const { email, code, token } = await asked()
    clock.advance(600_000)
    expect(await confirm({ email, code })).toMatchObject(invalid)
    expect(await confirm({ token })).toMatchObject(invalid)
    clock.advance(-600_000)
  })

  it('takes neither a verification nor a reset for it, nor the other way round', async () => {
    const { email, token, code } = await asked()
    const verification = await identity.mailTo(email, 'email_verification')
    expect(await confirm({ token: verification.token })).toMatchObject(invalid)
    const body = { token }
    expect(await identity.call('POST', '/auth/email/verify', { body })).toMatchObject(invalid)
    if (code !== verification.code)
      expect(await confirm({ email, code: verification.code })).toMatchObject(invalid)
  })

  it('lets nobody in who is disabled', async () => {
    const { id, token } = await asked()
    await identity.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id])
    expect((await confirm({ token })).status).toBe(400)
    await ask((await identity.register()).email)
  })

  it('a code that a page asked for is worth nothing at the API', async () => {
    const { email } = await identity.register()
    await askByPage(email)
    const { code } = await mailOf(email)
    expect(await confirm({ email, code })).toMatchObject(invalid)
  })
})

describe('/login/email', () => {
  it('signs the browser that asked in by the code, for the request that waits', async () => {
    const { email } = await identity.register()
    const visitor = createVisitor(identity)
    expect((await visitor.open('/login')).text).toContain('href="/login/email"')
    const flow = await aFlow(identity, visitor)
    const sent = await visitor.submit(await visitor.open(`/login/email?flow=${flow}`), { email })
    const page = await visitor.open(String(sent.headers.get('location')))
    expect(page.text).not.toContain(email)
    const { code, token } = await mailOf(email)
    const wrong = await visitor.submit(page, { code: code === '000000' ? '000001' : '000000' })
    expect([wrong.status, wrong.text.includes('This code is wrong or too old')]).toEqual([400, true])
    const done = await visitor.submit(page, { code })
    expect(done.headers.get('location')).toBe(`/oauth/resume?flow=${flow}`)
    expect([...visitor.cookies.keys()].some(name => name.endsWith('latchkey_session'))).toBe(true)
    expect((await visitor.open(`/login/email/confirm?token=${token}`)).status).toBe(400)
  })

  it('signs the browser that asked in by the button of the link; opening it changes nothing', async () => {
    const { email } = await identity.register()
    const { visitor } = await askByPage(email)
    const { token } = await mailOf(email)
    const path = `/login/email/confirm?token=${token}`
    for (let time = 0; time < 3; time += 1) await identity.call('GET', path)
    const page = await visitor.open(path)
    expect([headingOf(page.text), page.text.includes(email)]).toEqual(['Sign in by mail', true])
    expect(page.text).not.toContain('in another browser')
    const done = await visitor.submit(page)
    expect([done.status, done.headers.get('location')]).toEqual([303, '/account'])
  })

  it('a link in another browser names the account, warns, and never signs in the browser that asked', async () => {
    const { email } = await identity.register()
    const attacker = await askByPage(email)
    const { token } = await mailOf(email)
    const victim = createVisitor(identity)
    const page = await victim.open(`/login/email/confirm?token=${token}`)
    expect(page.text).toContain('This link was asked for in another browser')
    expect(page.text).toContain(email)
    expect((await victim.submit(page)).headers.get('location')).toBe('/account')
    const hasSession = ({ cookies }: typeof victim) =>
      [...cookies.keys()].some(name => name.endsWith('latchkey_session'))
    expect([hasSession(victim), hasSession(attacker.visitor)]).toEqual([true, false])
    expect((await attacker.visitor.open('/account')).headers.get('location')).toBe('/login')
  })

  it('login CSRF: the form of a link is of the browser that it was shown in', async () => {
    const { email } = await identity.register()
    await askByPage(email)
    const { token } = await mailOf(email)
    const victim = createVisitor(identity)
    await victim.open('/login')
    expect((await victim.send('POST', '/login/email/confirm', { token })).status).toBe(403)
  })

  it('a code is of the browser and the request that it was sent for', async () => {
    const { email } = await identity.register()
    const one = await askByPage(email)
    const first = await mailOf(email)
    const two = await askByPage(email)
    const second = await mailOf(email, 2)
    if (first.code !== second.code) {
      expect((await one.visitor.submit(one.page, { code: second.code })).status).toBe(400)
      expect((await two.visitor.submit(two.page, { code: first.code })).status).toBe(400)
    }
    expect((await two.visitor.submit(two.page, { code: second.code })).status).toBe(303)
    expect((await one.visitor.submit(one.page, { code: first.code })).status).toBe(303)
  })

  it('shows an unknown address the same page, and locks it alike', async () => {
    const { email } = await identity.register()
    const unknown = `nobody-${createUuid()}@example.com`
    const pages = [await askByPage(email), await askByPage(unknown)]
    const bare = pages.map(({ page }) => page.text.replace(/value="[^"]*"/g, ''))
    expect(bare[0]).toBe(bare[1])
    const { visitor, page } = await askByPage(unknown)
    const statuses = []
    for (let guess = 0; guess < 6; guess += 1)
      statuses.push((await visitor.submit(page, { code: '1' })).status)
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429])
  })
})

describe('EMAIL_SIGN_IN', () => {
  it('is off by default: there is neither route nor page, and no way to it', async () => {
    const off = await startIdentity()
    try {
      const email = (await off.register()).email
      expect((await off.call('POST', '/auth/email/sign-in', { body: { email } })).status).toBe(404)
      expect((await off.call('GET', '/login/email')).status).toBeGreaterThanOrEqual(400)
      expect((await off.call('GET', '/login')).text).not.toContain('/login/email')
    } finally {
      await off.close()
    }
  })

  it.each(['code', 'link'] as const)(
    '%s: the mail holds nothing else, and nothing else is taken',
    async mode => {
      const one = await startIdentity({ env: { EMAIL_SIGN_IN: mode } })
      try {
        const { email } = await one.register()
        await one.call('POST', '/auth/email/sign-in', { body: { email } })
        const { code, token } = await one.mailTo(email, 'email_sign_in')
        expect([code === '', token === '']).toEqual([mode === 'link', mode === 'code'])
        const body = mode === 'link' ? { token } : { email, code }
        expect((await one.call('POST', '/auth/email/sign-in/confirm', { body })).status).toBe(200)
      } finally {
        await one.close()
      }
    },
  )
})
