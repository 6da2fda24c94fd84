/** /admin/api/users. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { anOperator, type Operator } from './an-operator.ts'
import {
  errorsOf,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'
import { challengeOf, enrol } from './second-factors.ts'

let identity: IdentityUnderTest
let operator: Operator
beforeAll(async () => {
  identity = await startIdentity()
  operator = anOperator(identity)
})
afterAll(() => identity.close())

const anAddress = () => `managed-${createUuid()}@example.com`
const usersOf = (body: Record<string, unknown>) => (body.users ?? []) as { id: string; email: string }[]

/** What is there after a moment. */
const found = <Item>(items: readonly Item[], isIt: (item: Item) => boolean): Promise<Item> =>
  eventually(() => {
    const item = items.find(isIt)
    if (item === undefined) throw new Error('not there')
    return item
  })

const created = async (members: object = {}) => {
  const answer = await operator('POST', '/users', { email: anAddress(), name: 'Ada', ...members })
  expect(answer.status).toBe(201)
  return answer.body as { id: string; email: string }
}

describe('who may call', () => {
  it.each([
    ['GET', '/users'],
    ['POST', '/users'],
    ['GET', `/users/${createUuid()}`],
    ['PATCH', `/users/${createUuid()}`],
    ['DELETE', `/users/${createUuid()}`],
    ['POST', `/users/${createUuid()}/unlock`],
    ['POST', `/users/${createUuid()}/reset-mfa`],
    ['POST', `/users/${createUuid()}/reset-password`],
  ])(
    '%s %s: a client of an operator with the scope, before anything else is looked at',
    async (method, path) => {
      const body = method === 'GET' ? undefined : { nonsense: true }
      const call = (bearer?: string) =>
        identity.call(method, `/admin/api${path}`, { ...(bearer === undefined ? {} : { bearer }), body })
      expect(await call()).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN' } })
      const { bearer: user } = await identity.register()
      const refused = await call(user)
      expect(refused).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN', detail: 'Invalid token' } })
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/)
      const other = anOperator(identity, [method === 'GET' ? 'admin:users:write' : 'admin:users:read'])
      expect(await other(method, path, body)).toMatchObject({
        status: 403,
        body: { code: 'INSUFFICIENT_SCOPE' },
      })
    },
  )

  it('is not known while the token service is away: 503', async () => {
    identity.neighbours.token.set('away')
    expect(await operator('GET', '/users')).toMatchObject({
      status: 503,
      body: { code: 'SERVICE_UNAVAILABLE' },
    })
    identity.neighbours.token.set('up')
  })
})

describe('POST /admin/api/users', () => {
  it('makes an account that can sign in', async () => {
    const email = anAddress()
    const body = {
      email,
      name: 'Ada',
      password: goodPassword,
      email_verified: true,
      metadata: { plan: 'pro' },
    }
    const answer = await operator('POST', '/users', body)
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      email,
      name: 'Ada',
      metadata: { plan: 'pro' },
      email_verified: true,
      disabled: false,
      locked_until: null,
      last_login_at: null,
      has_password: true,
    })
    expect(answer.headers.get('location')).toBe(`/admin/api/users/${answer.body.id}`)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('makes one without a password, whose owner chooses one by the reset mail', async () => {
    const { id, email } = await created()
    expect((await operator('GET', `/users/${id}`)).body).toMatchObject({ has_password: false })
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    expect((await operator('POST', `/users/${id}/reset-password`, {})).status).toBe(202)
    const mail = await found(
      identity.neighbours.notification.messages,
      ({ recipient }) => recipient === email,
    )
    const { token } = await identity.unseal(mail.sealedData)
    const body = { token, new_password: goodPassword }
    expect((await identity.call('POST', '/auth/password/reset/confirm', { body })).status).toBe(200)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('takes an address once, under parallel requests too', async () => {
    const email = anAddress()
    const bodies = [email, email.toUpperCase(), email, email].map(each => ({ email: each, name: 'Ada' }))
    const answers = await Promise.all(bodies.map(body => operator('POST', '/users', body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'EMAIL_EXISTS' })
  })

  it('refuses what is no account, field by field, and members that it does not know', async () => {
    const answer = await operator('POST', '/users', { email: 'x', name: '', password: 'abc', disabled: 1 })
    expect(answer.status).toBe(400)
    expect(errorsOf(answer)).toEqual(
      expect.arrayContaining(['email: email_invalid', 'name: name_required', 'password: password_too_short']),
    )
    const assigned = { email: anAddress(), name: 'Ada', id: createUuid(), version: 9, roles: ['admin'] }
    expect(errorsOf(await operator('POST', '/users', assigned))).toEqual([
      'id: unknown_member',
      'version: unknown_member',
      'roles: unknown_member',
    ])
  })
})

describe('GET /admin/api/users', () => {
  it('comes in pages, newest first, without a gap and without a repetition', async () => {
    const prefix = `paged-${createUuid()}`
    const made = await Promise.all([1, 2, 3, 4, 5].map(n => created({ email: `${prefix}-${n}@example.com` })))
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await operator('GET', `/users?search=${prefix}&limit=2${cursor}`)
      seen.push(...usersOf(body).map(({ id }) => id))
      cursor = body.next_cursor === undefined ? '' : `&cursor=${body.next_cursor}`
    } while (cursor !== '')
    expect(seen).toHaveLength(5)
    expect(new Set(seen)).toEqual(new Set(made.map(({ id }) => id)))
  })

  it('finds by address, and by how it begins, whatever is in it', async () => {
    const { id, email } = await created({ email: `A_b%${createUuid()}@example.com` })
    const ids = async (query: string) =>
      usersOf((await operator('GET', `/users?${query}`)).body).map(u => u.id)
    expect(await ids(`email=${encodeURIComponent(email.toUpperCase())}`)).toEqual([id])
    expect(await ids('email=nobody%40example.com')).toEqual([])
    expect(await ids(`search=${encodeURIComponent('a_B%')}`)).toEqual([id])
    expect(await ids(`search=${encodeURIComponent('axb')}`)).toEqual([])
  })

  it('finds by state', async () => {
    const prefix = `state-${createUuid()}`
    const [open, closed] = await Promise.all([
      created({ email: `${prefix}-1@example.com`, email_verified: true }),
      created({ email: `${prefix}-2@example.com` }),
    ])
    await operator('PATCH', `/users/${closed.id}`, { disabled: true })
    const ids = async (state: string) =>
      usersOf((await operator('GET', `/users?search=${prefix}&state=${state}`)).body).map(({ id }) => id)
    expect(await ids('active')).toEqual([open.id])
    expect(await ids('disabled')).toEqual([closed.id])
    expect(await ids('unverified')).toEqual([closed.id])
    expect(await ids('locked')).toEqual([])
  })

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'cursor=nonsense',
    'state=odd',
    'email=x',
    `search=${'x'.repeat(101)}`,
  ])('refuses %s', async query => {
    expect((await operator('GET', `/users?${query}`)).status).toBe(400)
  })

  it('knows nobody by an id that is none', async () => {
    for (const id of [createUuid(), '1', 'null', "1'--", '%F0%9F%A6%8A'])
      expect(await operator('GET', `/users/${id}`)).toMatchObject({
        status: 404,
        body: { code: 'USER_NOT_FOUND' },
      })
  })
})

describe('PATCH /admin/api/users/{id}', () => {
  it('changes what is named, leaves the rest, and tells the token service', async () => {
    const { id, email } = await created({ metadata: { a: 1 } })
    const answer = await operator('PATCH', `/users/${id}`, { name: 'Grace', email_verified: true })
    expect(answer.body).toMatchObject({ id, email, name: 'Grace', metadata: { a: 1 }, email_verified: true })
    await found(identity.neighbours.token.subjects, each =>
      Boolean(each?.userId === id && each.emailVerified && each.name === 'Grace'),
    )
    expect((await operator('PATCH', `/users/${id}`, { email_verified: false })).body).toMatchObject({
      name: 'Grace',
      email_verified: false,
    })
    const before = (await operator('GET', `/users/${id}`)).body
    expect((await operator('PATCH', `/users/${id}`, {})).body).toEqual(before)
  })

  it('takes no member that it does not know, and knows nobody else', async () => {
    const { id } = await created()
    const assigned = { email: anAddress(), id: createUuid(), disabled_at: null, has_password: true }
    expect((await operator('PATCH', `/users/${id}`, assigned)).status).toBe(400)
    expect((await operator('PATCH', `/users/${createUuid()}`, { name: 'X' })).status).toBe(404)
  })

  it('ends everything of a user who is disabled, before it answers (ASVS 7.4.2)', async () => {
    const { id, email, bearer } = await identity.register()
    await identity.login(email, goodPassword)
    const answer = await operator('PATCH', `/users/${id}`, { disabled: true })
    expect(answer.body).toMatchObject({ disabled: true, disabled_at: expect.any(String) })
    const sessions = identity.neighbours.session.sessions.filter(({ userId }) => userId === id)
    expect(sessions.map(({ endReason }) => endReason)).toEqual(['account_disabled', 'account_disabled'])
    await found(identity.neighbours.token.offlineEndings, ({ userId }) => userId === id)
    expect((await identity.call('GET', '/auth/me', { bearer })).status).toBe(401)
    expect(await identity.login(email, goodPassword)).toMatchObject({
      status: 403,
      body: { code: 'ACCOUNT_DISABLED' },
    })
    expect((await identity.login(email, otherPassword)).status).toBe(401)
    await operator('PATCH', `/users/${id}`, { disabled: false })
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('ADR 7: ends no session of who is enabled again, however often its end is told', async () => {
    const { id, email } = await identity.register()
    await operator('PATCH', `/users/${id}`, { disabled: true })
    await operator('PATCH', `/users/${id}`, { disabled: false })
    expect((await identity.login(email, goodPassword)).status).toBe(200)
    await identity.relayAgain('sessions.end', id)
    const sessions = identity.neighbours.session.sessions.filter(({ userId }) => userId === id)
    expect(sessions.map(({ endReason }) => endReason)).toEqual(['account_disabled', undefined])
  })

  it('voids a sign-in that waits for its second factor, although the user is enabled again (ASVS 7.4.2)', async () => {
    const { id, email, bearer } = await identity.register()
    const clock = { now: () => new Date(), advance: () => undefined }
    const { recoveryCodes } = await enrol(identity, bearer, clock)
    const mfa_token = challengeOf(await identity.login(email, goodPassword))
    await operator('PATCH', `/users/${id}`, { disabled: true })
    await operator('PATCH', `/users/${id}`, { disabled: false })
    const body = { mfa_token, code: recoveryCodes[0] }
    expect((await identity.call('POST', '/auth/mfa/verify', { body })).body.code).toBe('INVALID_MFA_TOKEN')
  })

  it('lets no sign-in through that was under way when the user was disabled', async () => {
    const { id, email } = await identity.register()
    identity.neighbours.session.onCreate.push(async () => {
      await operator('PATCH', `/users/${id}`, { disabled: true })
    })
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    const live = identity.neighbours.session.sessions.filter(
      ({ userId, endReason }) => userId === id && endReason === undefined,
    )
    expect(live).toEqual([])
  })
})

describe('POST /admin/api/users/{id}/reset-mfa', () => {
  it('takes away the second factors of who has lost them, ends the sessions, and tells the owner', async () => {
    const person = await identity.register()
    await enrol(identity, person.bearer, { now: () => new Date(), advance: () => undefined })
    expect((await identity.login(person.email, goodPassword)).body.code).toBe('MFA_REQUIRED')
    expect((await operator('POST', `/users/${person.id}/reset-mfa`, {})).status).toBe(200)
    const { sessions } = identity.neighbours.session
    const reasons = sessions.filter(({ userId }) => userId === person.id).map(({ endReason }) => endReason)
    expect(reasons).toEqual(['factors_changed'])
    expect((await identity.login(person.email, goodPassword)).status).toBe(200)
  })
})

describe('POST /admin/api/users/{id}/unlock', () => {
  it('opens an address that strangers have locked', async () => {
    const { id, email } = await identity.register()
    for (let failure = 0; failure < 5; failure += 1) await identity.login(email, otherPassword)
    expect((await identity.login(email, goodPassword)).status).toBe(429)
    expect((await operator('GET', `/users/${id}`)).body).toMatchObject({ locked_until: expect.any(String) })
    const locked = usersOf((await operator('GET', `/users?state=locked&email=${email}`)).body)
    expect(locked.map(user => user.id)).toEqual([id])
    expect((await operator('POST', `/users/${id}/unlock`, {})).body).toMatchObject({ locked_until: null })
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })
})

describe('DELETE /admin/api/users/{id}', () => {
  it('takes everything with it, once under parallel requests', async () => {
    const { id, email } = await identity.register()
    const answers = await Promise.all([1, 2, 3].map(() => operator('DELETE', `/users/${id}`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404])
    expect((await operator('GET', `/users/${id}`)).status).toBe(404)
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    await found(identity.neighbours.token.deleted, each => each === id)
    await identity.relayed()
    expect((await identity.mailTo(email, 'account_deleted')).count).toBe(1)
  })
})
