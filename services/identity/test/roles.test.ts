/** /admin/api/roles, who has them, and what the token service is told of it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { anOperator, type Operator } from './an-operator.ts'
import { errorsOf, goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
let operator: Operator
beforeAll(async () => {
  identity = await startIdentity()
  operator = anOperator(identity)
})
afterAll(() => identity.close())

const aRole = async (members: object = {}) => {
  const name = `role-${createUuid()}`
  const answer = await operator('POST', '/roles', { name, ...members })
  expect(answer.status).toBe(201)
  return name
}
const assign = (id: string, role: string) => operator('PUT', `/users/${id}/roles/${role}`, {})
const rolesOf = async (id: string) => (await operator('GET', `/users/${id}/roles`)).body.roles
/** What the token service was told last of somebody. */
const toldOf = (id: string) =>
  identity.neighbours.token.subjects
    .filter(subject => subject?.userId === id)
    .toSorted((a, b) => (a?.version ?? 0) - (b?.version ?? 0))
    .at(-1)

describe('/admin/api/roles', () => {
  it('are made, listed, shown, changed and deleted', async () => {
    const body = {
      name: `editor-${createUuid()}`,
      description: 'Writes',
      permissions: ['b:write', 'a:read', 'a:read'],
    }
    const made = await operator('POST', '/roles', body)
    expect(made).toMatchObject({
      status: 201,
      body: { ...body, kind: 'user', permissions: ['a:read', 'b:write'], require_mfa: false, holders: 0 },
    })
    const path = `/roles/${body.name}`
    expect((await operator('GET', path)).body).toEqual(made.body)
    const { roles } = (await operator('GET', '/roles')).body as { roles: { name: string }[] }
    expect(roles.map(({ name }) => name)).toContain(body.name)
    const change = { permissions: ['c'], require_mfa: true }
    expect((await operator('PATCH', path, change)).body).toMatchObject({ ...change, description: 'Writes' })
    expect((await operator('DELETE', path)).status).toBe(204)
    for (const method of ['GET', 'DELETE'])
      expect(await operator(method, path)).toMatchObject({ status: 404, body: { code: 'ROLE_NOT_FOUND' } })
  })

  it('have a name that is only theirs, under parallel requests too', async () => {
    const name = `once-${createUuid()}`
    const answers = await Promise.all([1, 2, 3].map(() => operator('POST', '/roles', { name })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'ROLE_EXISTS' })
  })

  it.each([
    [{ name: '' }, 'name: role_name_invalid'],
    [{ name: 'two words' }, 'name: role_name_invalid'],
    [{ name: '../users' }, 'name: role_name_invalid'],
    [{ name: 'x', kind: 'client' }, 'kind: invalid_value'],
    [{ name: 'x', permissions: ['with space'] }, 'permissions.0: permission_invalid'],
    [{ name: 'x', permissions: Array.from({ length: 101 }, (_, n) => `p${n}`) }, 'permissions: too_big'],
    [{ name: 'x', built_in: true }, 'built_in: unknown_member'],
    [{ name: 'x', require_mfa: 'yes' }, 'require_mfa: invalid_type'],
  ])('refuses %j', async (body, error) => {
    const answer = await operator('POST', '/roles', body)
    expect(answer.status).toBe(400)
    expect(errorsOf(answer)).toEqual([error])
  })

  it('is kept while somebody has it, unless it is to be taken from them', async () => {
    const role = await aRole({ permissions: ['p'] })
    const { id } = await identity.register()
    await assign(id, role)
    expect(await operator('DELETE', `/roles/${role}`)).toMatchObject({
      status: 409,
      body: { code: 'ROLE_IN_USE', detail: '1 user has this role; with cascade, it is taken from them' },
    })
    expect((await operator('DELETE', `/roles/${role}?cascade=true`)).status).toBe(204)
    expect(await rolesOf(id)).toEqual([])
    await eventually(() => expect(toldOf(id)).toMatchObject({ roles: [], permissions: [] }))
  })
})

describe('/admin/api/users/{id}/roles', () => {
  it('gives and takes, again without harm, and tells the token service before the answer', async () => {
    const role = await aRole({ permissions: ['posts:write'] })
    const { id } = await identity.register()
    for (const _again of [1, 2]) expect((await assign(id, role)).status).toBe(204)
    expect(await rolesOf(id)).toEqual([role])
    expect((await operator('GET', `/users/${id}`)).body).toMatchObject({ roles: [role] })
    expect(toldOf(id)).toMatchObject({ roles: [role], permissions: ['posts:write'], version: 2 })
    for (const _again of [1, 2])
      expect((await operator('DELETE', `/users/${id}/roles/${role}`)).status).toBe(204)
    expect(toldOf(id)).toMatchObject({ roles: [], permissions: [], version: 3 })
  })

  it('knows nobody and nothing that is not there, and no role of the other kind', async () => {
    const { id } = await identity.register()
    const inOrganizations = await aRole({ kind: 'organization' })
    expect((await assign(createUuid(), await aRole())).body).toMatchObject({ code: 'USER_NOT_FOUND' })
    expect((await assign('x', 'y')).body).toMatchObject({ code: 'USER_NOT_FOUND' })
    for (const role of ['nothing', inOrganizations])
      expect((await assign(id, role)).body).toMatchObject({ code: 'ROLE_NOT_FOUND' })
  })

  it('gives at most 50, under parallel requests too', async () => {
    const { id } = await identity.register()
    const roles = await Promise.all(Array.from({ length: 53 }, () => aRole()))
    const answers = await Promise.all(roles.map(role => assign(id, role)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(50)
    expect(answers.filter(({ body }) => body.code === 'TOO_MANY_ROLES')).toHaveLength(3)
    expect(await rolesOf(id)).toHaveLength(50)
  })

  it('is nothing that users do themselves', async () => {
    const role = await aRole()
    const { id, bearer } = await identity.register({ metadata: { roles: [role] } })
    const self = (method: string, path: string) =>
      identity.call(method, `/admin/api${path}`, { bearer, body: {} })
    expect((await self('PUT', `/users/${id}/roles/${role}`)).status).toBe(401)
    const patched = await identity.call('PATCH', '/auth/me', { bearer, body: { roles: [role] } })
    expect(errorsOf(patched)).toEqual(['roles: unknown_member'])
    expect(await rolesOf(id)).toEqual([])
  })
})

describe('what the token service is told', () => {
  it('comes with a sign-in, on the API', async () => {
    const role = await aRole({ permissions: ['one'] })
    const { id, email } = await identity.register()
    await assign(id, role)
    await identity.login(email, goodPassword)
    expect(identity.neighbours.token.issued.at(-1)?.subject).toMatchObject({
      userId: id,
      roles: [role],
      permissions: ['one'],
    })
  })

  it('is each permission once, of all roles together', async () => {
    const { id } = await identity.register()
    for (const permissions of [
      ['b', 'a'],
      ['c', 'a'],
    ])
      await assign(id, await aRole({ permissions }))
    expect(toldOf(id)).toMatchObject({ permissions: ['a', 'b', 'c'] })
  })

  it('follows a change of a role for everybody who has it, a hundred in a call', async () => {
    const role = await aRole({ permissions: ['old'] })
    const { pool } = identity.database
    await pool.query(
      `INSERT INTO users (id, email, email_key, name, created_at, updated_at)
       SELECT gen_random_uuid(), n || $1, n || $1, 'U', now(), now() FROM generate_series(1, 250) AS n`,
      [`@${role}.example`],
    )
    await pool.query(`INSERT INTO user_roles SELECT id, $1, now() FROM users WHERE email LIKE '%' || $2`, [
      role,
      `@${role}.example`,
    ])
    expect((await operator('GET', `/roles/${role}`)).body).toMatchObject({ holders: 250 })
    await operator('PATCH', `/roles/${role}`, { permissions: ['new'] })
    await eventually(() => {
      const told = identity.neighbours.token.subjects.filter(subject => subject?.roles.includes(role))
      expect(new Set(told.map(subject => subject?.userId)).size).toBe(250)
      expect(told.every(subject => subject?.permissions.join() === 'new' && subject.version === 2)).toBe(true)
    })
    const { rows } = await pool.query(`SELECT FROM outbox WHERE kind = 'subjects.updated' AND key = $1`, [
      role,
    ])
    expect(rows).toHaveLength(3)
  })

  it('is the last word, however assignments and changes of the role cross', async () => {
    const role = await aRole({ permissions: ['0'] })
    const people = await Promise.all([1, 2, 3, 4].map(() => identity.register()))
    await Promise.all([
      ...people.map(({ id }) => assign(id, role)),
      ...['1', '2', '3'].map(permission =>
        operator('PATCH', `/roles/${role}`, { permissions: [permission] }),
      ),
    ])
    const { permissions } = (await operator('GET', `/roles/${role}`)).body
    await eventually(() => {
      for (const { id } of people) expect(toldOf(id)).toMatchObject({ roles: [role], permissions })
    })
  })
})

describe('a role that is only for who proves a second factor', () => {
  it.each(['user', 'organization'])('asks for one at the next sign-in: of the kind %s', async kind => {
    const role = await aRole({ kind, require_mfa: true })
    const { id, email } = await identity.register()
    if (kind === 'user') await assign(id, role)
    else {
      const body = { slug: `org-${createUuid()}`, name: 'Acme Ltd' }
      const organization = String((await operator('POST', '/organizations', body)).body.id)
      await operator('PUT', `/organizations/${organization}/members/${id}`, { roles: [role] })
    }
    expect(await identity.login(email, goodPassword)).toMatchObject({
      status: 403,
      body: { code: 'MFA_ENROLMENT_REQUIRED' },
    })
    await operator('PATCH', `/roles/${role}`, { require_mfa: false })
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })
})
