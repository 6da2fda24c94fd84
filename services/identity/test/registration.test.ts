import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import type { UserId } from '../src/domain/ids.ts'
import { createBegunRegistrations, keepRegistration } from '../src/store/begun-registrations.ts'
import { errorsOf, goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const post = (body: unknown) => identity.call('POST', '/auth/register', { body })
const anEmail = () => `new-${createUuid()}@example.com`
const valid = (differences: object = {}) => ({
  email: anEmail(),
  password: goodPassword,
  name: 'Jo Doe',
  ...differences,
})

describe('POST /auth/register', () => {
  it('creates the account and signs it in', async () => {
    const email = anEmail()
    const metadata = { plan: 'pro' }
    const answer = await post(valid({ email, metadata }))
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.body).toEqual({
      user: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        email,
        name: 'Jo Doe',
        email_verified: false,
        metadata,
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^lkr_/),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 604_800,
    })
    const me = await identity.call('GET', '/auth/me', { bearer: String(answer.body.access_token) })
    expect(me.body).toEqual(answer.body.user)
  })

  it('tells the session service the address and agent of the client, and remembers the device', async () => {
    const { id, cookie, answer } = await identity.register()
    const session = identity.neighbours.session.sessions.find(({ userId }) => userId === id)
    expect(session).toMatchObject({
      ipAddress: '203.0.113.7',
      userAgent: 'test-agent',
      deviceKnown: false,
      rememberMe: false,
      deviceId: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(cookie).toMatch(/^latchkey_device=[\w-]{43}$/)
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/i,
    )
    const again = await identity.login(String((answer.body.user as { email: string }).email), goodPassword, {
      headers: { cookie },
    })
    expect(again.status).toBe(200)
    expect(identity.neighbours.session.sessions.at(-1)).toMatchObject({
      deviceKnown: true,
      deviceId: session?.deviceId,
    })
  })

  it('refuses an address that has an account, in any case and spelling', async () => {
    const { email } = await identity.register()
    const answer = await post(valid({ email: ` ${email.toUpperCase()} ` }))
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ code: 'EMAIL_EXISTS', status: 409 })
  })

  it('lets one of ten registrations of one address at once win, and ends the sessions of the others', async () => {
    const email = anEmail()
    const before = identity.neighbours.session.sessions.length
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(valid({ email }))))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9)
    const live = identity.neighbours.session.sessions.slice(before).filter(session => !session.endReason)
    expect(live).toHaveLength(1)
  })

  it('leaves nothing elsewhere of those that came to nothing: their subjects are forgotten', async () => {
    const email = anEmail()
    const { sessions, endings } = identity.neighbours.session
    const before = sessions.length
    const answers = await Promise.all(Array.from({ length: 4 }, () => post(valid({ email }))))
    const winner = answers.find(({ status }) => status === 201)?.body.user
    await identity.relayed()
    const users = sessions.slice(before).map(({ userId }) => userId)
    const others = users.filter(id => id !== (winner as { id: string }).id)
    expect(others).toHaveLength(users.length - 1)
    const { deleted } = identity.neighbours.token
    expect(deleted.filter(id => users.includes(id)).sort()).toEqual([...others].sort())
    const ended = endings.map(({ userId }) => userId).filter(id => users.includes(id))
    expect(ended.sort()).toEqual([...others].sort())
  })

  it('is undone by another replica where its own dies before there is a user', async () => {
    const { pool } = identity.database
    const id = createUuid<UserId>()
    const begun = createBegunRegistrations({ pool })
    await begun.begin(id)
    // Five minutes later.
    await pool.query('UPDATE outbox SET next_attempt_at = now() WHERE id = $1', [id])
    await eventually(() => expect(identity.neighbours.token.deleted).toContain(id))
    // Whoever comes to it as late as that makes no user.
    await expect(keepRegistration(pool, id)).rejects.toThrow('has been undone')
  })

  it('names every invalid field at once, before anything is created', async () => {
    const answer = await post({ email: 'invalid-email', password: 'weak', name: '' })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ code: 'VALIDATION_FAILED', request_id: expect.any(String) })
    expect(errorsOf(answer)).toEqual([
      'email: email_invalid',
      'password: password_too_short',
      'password: password_needs_upper_case',
      'password: password_needs_digit',
      'password: password_needs_special_character',
      'name: name_required',
    ])
  })

  it.each(['123456', 'password', 'abc', 'Password', 'password123', 'PASSWORD123!'])(
    'refuses the weak password %s',
    async password => {
      const answer = await post(valid({ password }))
      expect(answer.status).toBe(400)
      expect(errorsOf(answer).every(error => error.startsWith('password: '))).toBe(true)
    },
  )

  it.each([
    ['email', undefined, 'required'],
    ['email', null, 'invalid_type'],
    ['email', 42, 'invalid_type'],
    ['email', ['a@example.com'], 'invalid_type'],
    ['email', `${'a'.repeat(300)}@example.com`, 'email_too_long'],
    ['email', 'a@example.com\r\nBcc: b@example.com', 'email_invalid'],
    ['password', undefined, 'required'],
    ['password', 12345678, 'invalid_type'],
    ['password', `Aa1!${'x'.repeat(125)}`, 'password_too_long'],
    ['name', undefined, 'required'],
    ['name', '   ', 'name_required'],
    ['name', 'a\u2028b', 'name_invalid'],
    ['name', 'x'.repeat(101), 'name_too_long'],
    ['name', { first: 'Jo' }, 'invalid_type'],
    ['metadata', null, 'invalid_type'],
    ['metadata', 'text', 'invalid_type'],
    ['metadata', [], 'invalid_type'],
    ['metadata', { a: 'x'.repeat(9_000) }, 'metadata_too_large'],
    ['metadata', { a: { b: { c: { d: { e: {} } } } } }, 'metadata_too_deep'],
  ])('refuses %s %j: %s', async (field, value, code) => {
    const answer = await post(valid({ [field]: value }))
    expect(answer.status).toBe(400)
    expect(errorsOf(answer)).toEqual([`${field}: ${code}`])
  })

  it.each([
    ['an empty body', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a string', '"x"'],
    ['a lone surrogate', '{"password":"Aa1!\\ud800xxxx"}'],
    ['NUL', '{"name":"a\\u0000b"}'],
    ['a duplicate member', '{"email":"a@example.com","email":"b@example.com"}'],
    ['a polluted prototype', '{"__proto__":{"admin":true}}'],
    ['a deep body', `{"metadata":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`],
  ])('answers 400 to %s', async (_what, raw) => {
    expect((await identity.call('POST', '/auth/register', { raw })).status).toBe(400)
  })

  it('answers 413 to a body over 64 KiB and 415 to another media type', async () => {
    const raw = JSON.stringify(valid({ metadata: { a: 'x'.repeat(70_000) } }))
    expect((await identity.call('POST', '/auth/register', { raw })).status).toBe(413)
    const headers = { 'content-type': 'text/plain' }
    expect((await identity.call('POST', '/auth/register', { raw: '{}', headers })).status).toBe(415)
  })

  it('ignores members that it does not know, and takes none of them over', async () => {
    const answer = await post(valid({ id: createUuid(), email_verified: true, is_admin: true, version: 9 }))
    expect(answer.status).toBe(201)
    expect(answer.body.user).toMatchObject({ email_verified: false })
  })

  it.each(['GET', 'PUT', 'DELETE'])('answers 405 to %s', async method => {
    const answer = await identity.call(method, '/auth/register')
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('OPTIONS, POST')
  })

  it('knows nothing else below /auth', async () => {
    const answer = await identity.call('GET', '/auth/nonexistent')
    expect(answer.status).toBe(404)
    expect(answer.body).toMatchObject({ code: 'NOT_FOUND' })
  })
})
