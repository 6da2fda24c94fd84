/** /admin/api/sessions. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { anOperator, type Operator } from './an-operator.ts'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
let operator: Operator
beforeAll(async () => {
  identity = await startIdentity()
  operator = anOperator(identity, ['admin:sessions:read', 'admin:sessions:write'])
})
afterAll(() => identity.close())

const keptSessions = (userId: string) =>
  identity.neighbours.session.sessions.filter(each => each.userId === userId)

describe('who may call', () => {
  it.each([
    ['GET', '/sessions?user=x'],
    ['GET', '/sessions/terminations'],
    ['GET', `/sessions/${createUuid()}`],
    ['DELETE', `/sessions/${createUuid()}`],
  ])(
    '%s %s: a client of an operator with the scope, before anything else is looked at',
    async (method, path) => {
      const call = (bearer?: string) =>
        identity.call(method, `/admin/api${path}`, bearer === undefined ? {} : { bearer })
      expect(await call()).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN' } })
      const { bearer } = await identity.register()
      expect(await call(bearer)).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN' } })
      const other = anOperator(identity, [method === 'GET' ? 'admin:sessions:write' : 'admin:sessions:read'])
      expect(await other(method, path)).toMatchObject({ status: 403, body: { code: 'INSUFFICIENT_SCOPE' } })
    },
  )
})

describe('GET /admin/api/sessions', () => {
  it('shows where a user is signed in, named by id or by address', async () => {
    const { id, email } = await identity.register()
    const answer = await operator('GET', `/sessions?user=${id}`)
    expect(answer).toMatchObject({
      status: 200,
      body: { total: 1, sessions: [{ id: keptSessions(id)[0]?.id, active: true, review_until: null }] },
    })
    const byAddress = await operator('GET', `/sessions?user=${encodeURIComponent(email.toUpperCase())}`)
    expect(byAddress.body).toMatchObject({ total: 1 })
  })

  it.each([
    ['', 400, 'VALIDATION_FAILED'],
    ['?user=nobody@example.com', 404, 'USER_NOT_FOUND'],
    ['?user=nonsense', 404, 'USER_NOT_FOUND'],
    [`?user=${'x'.repeat(400)}`, 400, 'VALIDATION_FAILED'],
  ])('answers %j with %i', async (query, status, code) => {
    expect(await operator('GET', `/sessions${query}`)).toMatchObject({ status, body: { code } })
  })
})

describe('GET /admin/api/sessions/{id}', () => {
  it('shows where somebody is signed in, and who, until it has ended', async () => {
    const { id: user_id } = await identity.register()
    const id = keptSessions(user_id)[0]?.id
    const show = () => operator('GET', `/sessions/${id}`)
    expect(await show()).toMatchObject({ status: 200, body: { id, user_id, active: true } })
    await operator('DELETE', `/sessions/${id}`)
    expect(await show()).toMatchObject({ status: 404, body: { code: 'SESSION_NOT_FOUND' } })
  })

  it.each(['x', createUuid()])('answers 404 for %s', async id => {
    expect((await operator('GET', `/sessions/${id}`)).status).toBe(404)
  })
})

describe('DELETE /admin/api/sessions/{id}', () => {
  it('ends it, once, and says in the log who did', async () => {
    const { id } = await identity.register()
    const [session] = keptSessions(id)
    expect((await operator('DELETE', `/sessions/${session?.id}`)).status).toBe(204)
    expect(session?.endReason).toBe('ended_by_admin')
    expect(await operator('DELETE', `/sessions/${session?.id}`)).toMatchObject({
      status: 404,
      body: { code: 'SESSION_NOT_FOUND' },
    })
    expect(identity.logLines.join('\n')).toContain('session ended by an operator')
  })

  it.each(['x', createUuid(), '00000000-0000-0000-0000-000000000000'])('answers 404 for %s', async id => {
    expect((await operator('DELETE', `/sessions/${id}`)).status).toBe(404)
  })
})

describe('GET /admin/api/sessions/terminations', () => {
  it('shows why sessions ended, page by page, of one user or of all', async () => {
    const { id, email } = await identity.register()
    await identity.login(email, goodPassword)
    for (const { id: session } of keptSessions(id)) await operator('DELETE', `/sessions/${session}`)
    const first = await operator('GET', `/sessions/terminations?user=${id}&limit=1`)
    expect(first.body).toMatchObject({
      terminations: [
        { user_id: id, reason: 'ended_by_admin', original_ip: '203.0.113.7', new_ip: '203.0.113.7' },
      ],
      next_cursor: expect.any(String),
    })
    const rest = await operator(
      'GET',
      `/sessions/terminations?user=${id}&limit=1&cursor=${first.body.next_cursor}`,
    )
    expect(rest.body.terminations).toHaveLength(1)
    expect(rest.body).not.toHaveProperty('next_cursor')
    const all = (await operator('GET', '/sessions/terminations')).body.terminations as unknown[]
    expect(all.length).toBeGreaterThanOrEqual(2)
    expect((await operator('GET', '/sessions/terminations?cursor=x')).status).toBe(400)
  })
})
