import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock } from '@latchkey/testkit'
import { errorsOf, goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

const anEmail = () => `moved-${createUuid()}@example.com`
const change = (bearer: string, email: string) =>
  identity.call('POST', '/auth/email/change', { bearer, body: { email } })
const confirm = (body: object, bearer?: string) =>
  identity.call('POST', '/auth/email/change/confirm', { body, ...(bearer === undefined ? {} : { bearer }) })
const somebody = async () => {
  const person = await identity.register()
  const { token } = await identity.mailTo(person.email, 'email_verification')
  await identity.call('POST', '/auth/email/verify', { body: { token } })
  return person
}
/** Somebody whose change waits, and what both mails hold. */
const waiting = async () => {
  const person = await somebody()
  const email = anEmail()
  expect((await change(person.bearer, email)).status).toBe(202)
  const old = await identity.mailTo(person.email, 'email_change_old')
  const fresh = await identity.mailTo(email, 'email_change_new')
  return { person, email, old, fresh }
}
const addressOf = async (id: string) =>
  (await identity.database.pool.query('SELECT email, email_key FROM users WHERE id = $1', [id])).rows[0]

const invalid = {
  status: 400,
  body: { code: 'INVALID_VERIFICATION_TOKEN', detail: 'Invalid or expired token' },
}

describe('POST /auth/email/change', () => {
  it('takes effect once both addresses have said yes, in either order, and tells everybody', async () => {
    for (const order of [
      ['old', 'fresh'],
      ['fresh', 'old'],
    ] as const) {
      const { person, email, ...mails } = await waiting()
      const other = await identity.login(person.email, goodPassword)
      expect(other.status).toBe(200)
      const [first, second] = order
      expect((await confirm({ token: mails[first].token })).body).toMatchObject({ status: 'waiting' })
      expect(await addressOf(person.id)).toMatchObject({ email: person.email })
      expect((await confirm({ token: mails[second].token })).body).toMatchObject({ status: 'changed' })
      expect(await addressOf(person.id)).toEqual({ email, email_key: email.toLowerCase() })
      const me = await identity.call('GET', '/auth/me', { bearer: person.bearer })
      expect(me.body).toMatchObject({ email, email_verified: true })
      await identity.mailTo(person.email, 'email_changed')
      await identity.mailTo(email, 'email_changed')
      expect(identity.neighbours.token.subjects).toContainEqual(
        expect.objectContaining({ userId: person.id, email, emailVerified: true }),
      )
      // The session that asked stays, the others end (ASVS 7.4.3).
      const sessions = identity.neighbours.session.sessions.filter(({ userId }) => userId === person.id)
      expect(sessions.map(({ endReason }) => endReason)).toEqual([undefined, 'factors_changed'])
      expect((await identity.login(email, goodPassword)).status).toBe(200)
      expect((await identity.login(person.email, goodPassword)).status).toBe(401)
    }
  })

  it('ADR 7: ends no session that began after it, however often its end is told', async () => {
    const { person, email, old, fresh } = await waiting()
    await identity.login(person.email, goodPassword)
    for (const { token } of [old, fresh]) await confirm({ token })
    expect((await identity.login(email, goodPassword)).status).toBe(200)
    await identity.relayAgain('sessions.end', person.id)
    const sessions = identity.neighbours.session.sessions.filter(({ userId }) => userId === person.id)
    expect(sessions.map(({ endReason }) => endReason)).toEqual([undefined, 'factors_changed', undefined])
  })

  it('takes the codes of both mails from who asked', async () => {
    const { person, email, old, fresh } = await waiting()
    expect((await confirm({ code: fresh.code }, person.bearer)).body).toMatchObject({ status: 'waiting' })
    expect(await confirm({ code: fresh.code }, person.bearer)).toMatchObject(invalid)
    expect((await confirm({ code: old.code }, person.bearer)).body).toMatchObject({ status: 'changed' })
    expect(await addressOf(person.id)).toMatchObject({ email })
  })

  it('CHECKLIST 38: asks for a proof of who it is that is not old', async () => {
    const { bearer, id } = await somebody()
    await identity.database.pool.query('UPDATE authentications SET at = $2 WHERE user_id = $1', [
      id,
      new Date(clock.now().getTime() - 601_000),
    ])
    expect(await change(bearer, anEmail())).toMatchObject({
      status: 403,
      body: { code: 'REAUTHENTICATION_REQUIRED' },
    })
    await identity.call('POST', '/auth/reauthenticate', { bearer, body: { password: goodPassword } })
    expect((await change(bearer, anEmail())).status).toBe(202)
  })

  it('does not ask an address that was never verified: a mistyped one can be mended', async () => {
    const person = await identity.register()
    const email = anEmail()
    await change(person.bearer, email)
    const { token } = await identity.mailTo(email, 'email_change_new')
    expect((await confirm({ token })).body).toMatchObject({ status: 'changed' })
    await identity.relayed()
    const { messages } = identity.neighbours.notification
    expect(
      messages.filter(({ template }) => template === 'email_change_old').map(mail => mail.recipient),
    ).not.toContain(person.email)
  })

  it('ends where either says no, or who asked thinks better of it, or asks for another', async () => {
    const one = await waiting()
    await confirm({ token: one.fresh.token })
    const page = await identity.call('GET', `/confirm-email-change?token=${one.old.token}`)
    expect(page.text).toContain('value="deny"')
    const denied = await createVisitor(identity).submit(page, { decision: 'deny' })
    expect(denied.headers.get('location')).toBe('/confirm-email-change?done=refused')
    expect(await confirm({ token: one.old.token })).toMatchObject(invalid)

    const two = await waiting()
    expect((await identity.call('DELETE', '/auth/email/change', { bearer: two.person.bearer })).status).toBe(
      204,
    )
    const three = await waiting()
    await change(three.person.bearer, anEmail())
    for (const { old, fresh, person } of [two, three]) {
      expect(await confirm({ token: old.token })).toMatchObject(invalid)
      expect(await confirm({ token: fresh.token })).toMatchObject(invalid)
      expect(await addressOf(person.id)).toMatchObject({ email: person.email })
    }
  })

  it('each yes counts once under twenty parallel requests, and the change happens once', async () => {
    const { person, email, old, fresh } = await waiting()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, wish) => confirm({ token: wish % 2 === 0 ? old.token : fresh.token })),
    )
    expect(answers.filter(({ status }) => status === 200).map(({ body }) => body.status)).toEqual(
      expect.arrayContaining(['waiting', 'changed']),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2)
    expect(await addressOf(person.id)).toMatchObject({ email })
    await identity.relayed()
    expect((await identity.mailTo(email, 'email_changed')).count).toBe(1)
  })

  it('the unique index decides where two want one address', async () => {
    const email = anEmail()
    const people = [await somebody(), await somebody()]
    for (const { bearer } of people) await change(bearer, email)
    await identity.mailTo(email, 'email_change_new', 2)
    const fresh = identity.neighbours.notification.messages.filter(({ recipient }) => recipient === email)
    for (const mail of fresh) await confirm({ token: (await identity.unseal(mail.sealedData)).token })
    const olds = await Promise.all(people.map(person => identity.mailTo(person.email, 'email_change_old')))
    const answers = await Promise.all(olds.map(({ token }) => confirm({ token })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const addresses = await Promise.all(people.map(({ id }) => addressOf(id)))
    expect(addresses.filter(address => address.email === email)).toHaveLength(1)
  })

  it('lets what hung on the old address die: reset links, and codes', async () => {
    const { person, old, fresh } = await waiting()
    await identity.call('POST', '/auth/password/reset', { body: { email: person.email } })
    const reset = await identity.mailTo(person.email, 'password_reset')
    await confirm({ token: old.token })
    await confirm({ token: fresh.token })
    const body = { token: reset.token, new_password: 'Third-Harbour-44!' }
    expect((await identity.call('POST', '/auth/password/reset/confirm', { body })).status).toBe(400)
  })

  it('dies with a new password, as a link to sign in does: whoever was in may have asked for it', async () => {
    const { person, email, old, fresh } = await waiting()
    const body = { current_password: goodPassword, new_password: 'Third-Harbour-44!' }
    expect((await identity.call('PUT', '/auth/password', { bearer: person.bearer, body })).status).toBe(200)
    for (const { token } of [old, fresh]) expect(await confirm({ token })).toMatchObject(invalid)
    expect(await addressOf(person.id)).not.toMatchObject({ email })
  })

  it('CHECKLIST 34: twenty parallel guesses count as twenty', async () => {
    const { person, old, fresh } = await waiting()
    const wrong = ['000000', '000001', '000002'].find(code => ![old.code, fresh.code].includes(code)) ?? ''
    const guesses = await Promise.all(
      Array.from({ length: 20 }, () => confirm({ code: wrong }, person.bearer)),
    )
    expect(guesses.filter(({ status }) => status === 400)).toHaveLength(5)
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(15)
    expect((await confirm({ code: old.code }, person.bearer)).status).toBe(429)
  })

  it('refuses the present address, one that is taken, and what is none', async () => {
    const { bearer, email } = await somebody()
    expect(errorsOf(await change(bearer, email.toUpperCase()))).toEqual(['email: email_unchanged'])
    expect(await change(bearer, (await somebody()).email)).toMatchObject({ status: 409 })
    expect(errorsOf(await change(bearer, 'nonsense'))).toEqual(['email: email_invalid'])
    expect((await identity.call('POST', '/auth/email/change', { body: { email } })).status).toBe(401)
  })

  it('lives for a day', async () => {
    const { old } = await waiting()
    clock.advance(86_400_000)
    expect(await confirm({ token: old.token })).toMatchObject(invalid)
    clock.advance(-86_400_000)
  })
})

describe('/account/email', () => {
  it('asks for another address, shows who has said yes, and takes codes', async () => {
    const visitor = createVisitor(identity)
    const first = `by-page-${createUuid()}@example.com`
    const next = anEmail()
    await visitor.submit(await visitor.open('/register'), {
      name: 'Jo',
      email: first,
      password: goodPassword,
    })
    const { code } = await identity.mailTo(first, 'email_verification')
    const unverified = await visitor.open('/account/email')
    expect((await visitor.submit(unverified, { code })).headers.get('location')).toBe(
      '/account/email?done=saved',
    )

    const page = await visitor.open('/account/email')
    expect((await visitor.submit(page, { email: 'nonsense' })).status).toBe(400)
    expect((await visitor.submit(page, { email: next })).status).toBe(303)
    const old = await identity.mailTo(first, 'email_change_old')
    const fresh = await identity.mailTo(next, 'email_change_new')
    const pending = await visitor.open('/account/email')
    expect(pending.text).toContain(next)
    await visitor.submit(pending, { code: old.code })
    expect((await visitor.open('/account/email')).text).toContain('has said yes')
    const changed = await visitor.submit(pending, { code: fresh.code })
    expect(changed.headers.get('location')).toBe('/account/email?done=changed')
    expect((await visitor.open('/account/email?done=changed')).text).toContain(
      'Your address has been changed',
    )
  })

  it('CHECKLIST 36: opening the link changes nothing; the button does', async () => {
    const { person, old, fresh } = await waiting()
    for (const { token } of [old, fresh, old, fresh])
      expect((await identity.call('GET', `/confirm-email-change?token=${token}`)).status).toBe(200)
    expect(await addressOf(person.id)).toMatchObject({ email: person.email })
    const visitor = createVisitor(identity)
    const page = await visitor.open(`/confirm-email-change?token=${old.token}`)
    const yes = await visitor.submit(page, { decision: 'allow' })
    expect(yes.headers.get('location')).toBe('/confirm-email-change?done=waiting')
    expect((await visitor.open('/confirm-email-change?done=waiting')).status).toBe(200)
    expect((await visitor.submit(page, { decision: 'allow' })).status).toBe(400)
  })
})
