import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import {
  errorsOf,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const change = (bearer: string, current_password: string, new_password: string) =>
  identity.call('PUT', '/auth/password', { bearer, body: { current_password, new_password } })
const liveSessionsOf = (id: string) =>
  identity.neighbours.session.sessions.filter(({ userId, endReason }) => userId === id && !endReason)
const mailsTo = (email: string) =>
  identity.neighbours.notification.messages.filter(
    // Those of registration and sign-in say nothing of what happened since.
    ({ recipient, template }) =>
      recipient === email && template !== 'email_verification' && template !== 'new_device',
  )

describe('bearers', () => {
  const sid = createUuid()
  const refused = async (
    bearer: string | undefined,
    detail: string,
    headers: Record<string, string> = {},
  ) => {
    const answer = await identity.call('GET', '/auth/me', {
      headers,
      ...(bearer === undefined ? {} : { bearer }),
    })
    expect(answer.status).toBe(401)
    expect(answer.body).toMatchObject({ detail })
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
  }

  it('are required', () => refused(undefined, 'Invalid token'))
  it('must be tokens', () => refused('nonsense', 'Invalid token'))
  it('must not be refresh tokens', () => refused(`lkr_${'a'.repeat(43)}`, 'Invalid token'))

  it('must not have expired', async () => {
    const { sign } = identity.neighbours.token
    await refused(await sign({ sub: createUuid(), sid }, { expiresIn: '-1m' }), 'Token has expired')
  })

  it('must be access tokens of our own API, about a user that exists', async () => {
    const { id } = await identity.register()
    const { sign } = identity.neighbours.token
    await refused(await sign({ sub: id, sid }, { typ: 'JWT' }), 'Invalid token')
    await refused(await sign({ sub: id, sid, client_id: 'somebody-elses-app' }), 'Invalid token')
    await refused(await sign({ sub: 'not-a-user', sid }), 'Invalid token')
    await refused(await sign({ sub: createUuid(), sid }), 'Invalid token')
    await refused(await sign({ sub: id }), 'Invalid token')
    await refused(await sign({ sub: id, sid, type: 'refresh' }), 'Invalid token')
    await refused(await sign({ sub: id, sid }), 'Invalid token', { authorization: 'Basic YTpi' })
  })

  it.each([
    ['GET', '/auth/me'],
    ['PATCH', '/auth/me'],
    ['DELETE', '/auth/me'],
    ['PUT', '/auth/password'],
  ])('guard %s %s', async (method, path) => {
    const body = method === 'GET' ? undefined : {}
    expect((await identity.call(method, path, { body })).status).toBe(401)
  })
})

describe('PATCH /auth/me', () => {
  it('changes name and metadata, and tells the token service', async () => {
    const { bearer, id, email } = await identity.register({ metadata: { a: 1, b: 2 } })
    const body = { name: '  Jo Smith ', metadata: { c: 3 } }
    const answer = await identity.call('PATCH', '/auth/me', { bearer, body })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ id, email, name: 'Jo Smith', metadata: { c: 3 } })
    expect((await identity.call('GET', '/auth/me', { bearer })).body).toEqual(answer.body)
    await eventually(() =>
      expect(identity.neighbours.token.subjects).toContainEqual(
        expect.objectContaining({ userId: id, name: 'Jo Smith', version: 2 }),
      ),
    )
  })

  it('leaves out what is not named', async () => {
    const { bearer } = await identity.register({ metadata: { a: 1 } })
    const renamed = await identity.call('PATCH', '/auth/me', { bearer, body: { name: 'Jo' } })
    expect(renamed.body).toMatchObject({ name: 'Jo', metadata: { a: 1 } })
    const same = await identity.call('PATCH', '/auth/me', { bearer, body: {} })
    expect(same.body).toEqual(renamed.body)
  })

  it.each([
    [{ email: 'other@example.com' }, 'email: unknown_member'],
    [{ email_verified: true }, 'email_verified: unknown_member'],
    [{ name: '' }, 'name: name_required'],
    [{ name: null }, 'name: invalid_type'],
    [{ metadata: null }, 'metadata: invalid_type'],
  ])('refuses %j', async (body, error) => {
    const { bearer } = await identity.register()
    const answer = await identity.call('PATCH', '/auth/me', { bearer, body })
    expect(answer.status).toBe(400)
    expect(errorsOf(answer)).toEqual([error])
  })
})

describe('PUT /auth/password', () => {
  it('changes the password; the session that asks stays, the others end, and the owner is told', async () => {
    const { bearer, email, id } = await identity.register()
    await identity.login(email, goodPassword)
    expect(liveSessionsOf(id)).toHaveLength(2)
    const [own] = liveSessionsOf(id)
    expect((await change(bearer, goodPassword, otherPassword)).status).toBe(200)
    // At once, not eventually: the answer waits for it.
    expect(liveSessionsOf(id)).toEqual([own])
    expect(identity.neighbours.session.endings.at(-1)).toEqual({
      userId: id,
      exceptSessionId: own?.id,
      belowCredentialVersion: 2,
      reason: 'END_REASON_PASSWORD_CHANGED',
    })
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    expect((await identity.login(email, otherPassword)).status).toBe(200)
    expect(liveSessionsOf(id).at(-1)).toMatchObject({ credentialVersion: 2 })
    await eventually(() =>
      expect(mailsTo(email)).toMatchObject([{ template: 'password_changed', sealedData: '' }]),
    )
  })

  it('asks for the present password, and counts a wrong one like a failed sign-in', async () => {
    const { bearer, email } = await identity.register()
    for (let failure = 0; failure < 5; failure += 1) {
      const answer = await change(bearer, otherPassword, otherPassword)
      expect(answer.status).toBe(400)
      expect(errorsOf(answer)).toEqual(['current_password: wrong_password'])
    }
    expect((await change(bearer, goodPassword, otherPassword)).body).toMatchObject({ code: 'ACCOUNT_LOCKED' })
    expect((await identity.login(email, goodPassword)).status).toBe(429)
  })

  it('refuses the last five passwords, and takes the sixth', async () => {
    const { bearer } = await identity.register({ password: 'Quiet-Harbour-1!' })
    for (let next = 2; next <= 5; next += 1) {
      expect((await change(bearer, `Quiet-Harbour-${next - 1}!`, `Quiet-Harbour-${next}!`)).status).toBe(200)
    }
    for (let used = 1; used <= 5; used += 1) {
      const answer = await change(bearer, 'Quiet-Harbour-5!', `Quiet-Harbour-${used}!`)
      expect(errorsOf(answer)).toEqual(['new_password: password_used_before'])
    }
    expect((await change(bearer, 'Quiet-Harbour-5!', 'Quiet-Harbour-6!')).status).toBe(200)
    expect((await change(bearer, 'Quiet-Harbour-6!', 'Quiet-Harbour-1!')).status).toBe(200)
  })

  it('refuses what the policy refuses', async () => {
    const { bearer } = await identity.register()
    expect(errorsOf(await change(bearer, goodPassword, 'PASSWORD123!'))).toContain(
      'new_password: password_needs_lower_case',
    )
    expect(errorsOf(await change(bearer, goodPassword, 'P@ssw0rd1'))).toEqual([
      'new_password: password_too_common',
    ])
  })

  it('lets one of several changes at once win', async () => {
    const { bearer, email } = await identity.register()
    const wished = Array.from({ length: 5 }, (_, wish) => `Wished-Harbour-${wish}!`)
    const answers = await Promise.all(wished.map(wish => change(bearer, goodPassword, wish)))
    const winners = wished.filter((_, index) => answers[index]?.status === 200)
    expect(winners).toHaveLength(1)
    expect((await identity.login(email, String(winners[0]))).status).toBe(200)
  })
})

describe('DELETE /auth/me', () => {
  const leave = (bearer: string, password: string) =>
    identity.call('DELETE', '/auth/me', { bearer, body: { password } })

  it('asks for the password once more, and counts a wrong one', async () => {
    const { bearer } = await identity.register()
    expect(errorsOf(await leave(bearer, otherPassword))).toEqual(['password: wrong_password'])
    for (let failure = 0; failure < 4; failure += 1) await leave(bearer, otherPassword)
    expect((await leave(bearer, goodPassword)).status).toBe(429)
    expect((await identity.call('DELETE', '/auth/me', { bearer, body: {} })).status).toBe(400)
  })

  it('removes every row about the user, ends the sessions, forgets the subject, and says goodbye', async () => {
    const { bearer, email, id } = await identity.register()
    await change(bearer, goodPassword, otherPassword)
    await identity.login(email, 'Wrong-Harbour-42!')
    expect((await leave(bearer, otherPassword)).status).toBe(204)
    expect(liveSessionsOf(id)).toEqual([])
    await eventually(() => expect(identity.neighbours.token.deleted).toContain(id))
    const { rows } = await identity.database.pool.query(
      `SELECT 'users' FROM users WHERE id = $1 UNION ALL SELECT 'credentials' FROM password_credentials WHERE user_id = $1
       UNION ALL SELECT 'history' FROM password_history WHERE user_id = $1
       UNION ALL SELECT 'devices' FROM known_devices WHERE user_id = $1
       UNION ALL SELECT 'resets' FROM password_resets WHERE user_id = $1
       UNION ALL SELECT 'attempts' FROM login_attempts WHERE email_key = $2`,
      [id, email],
    )
    expect(rows).toEqual([])
    expect((await identity.call('GET', '/auth/me', { bearer })).status).toBe(401)
    expect((await identity.login(email, otherPassword)).status).toBe(401)
    await eventually(() =>
      expect(mailsTo(email).map(({ template }) => template)).toContain('account_deleted'),
    )
    expect((await identity.register({ email })).id).not.toBe(id)
  })
})
