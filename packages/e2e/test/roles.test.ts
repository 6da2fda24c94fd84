/** Roles, from the operator's command to the token of an application, and who may not give them to themselves. */
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { decodeJwt } from 'jose'
import { fetchUserInfo } from 'openid-client'
import { createApplication, loopbackRedirectUri } from '../src/application.ts'
import { call } from '../src/call.ts'
import { type Called, latchkey } from '../src/latchkey.ts'
import { createOperator, postForm } from '../src/operator.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { subjectsTold } from '../src/subjects.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'
import { aRow } from '../src/table-row.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const admin = (...words: string[]): Promise<Called> =>
  latchkey(['admin', 'role', ...words], { LATCHKEY_DATA_DIR: suite.dataDir })

const adminJson = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { code, json, err } = await admin(...words, '--output', 'json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return Object(json)
}

/** A change that tokens are to show. */
const change = async (...words: string[]) => {
  await adminJson(...words)
  await subjectsTold(suite)
}

const aName = () => `role-${randomUUID()}`

const aRegisteredPerson = async () => {
  const person = aPerson()
  const device = createDevice(suite)
  return { person, device, ...(await device.register(person)) }
}

describe('latchkey admin role', () => {
  it('creates, lists, shows, updates, assigns, revokes and deletes', async () => {
    const name = aName()
    const words = ['--description', 'Reads', '--permission', 'orders:read', '--permission', 'orders:list']
    expect(await adminJson('create', name, ...words, '--dry-run')).toMatchObject({
      name,
      description: 'Reads',
    })
    expect((await admin('show', name)).code).toBe(5)
    expect(await adminJson('create', name, ...words)).toMatchObject({
      name,
      kind: 'user',
      permissions: ['orders:list', 'orders:read'],
    })
    expect((await admin('list')).out).toMatch(aRow(name, 'user', '0', 'no', 'orders:list orders:read'))
    expect(await adminJson('update', name, '--require-mfa', '--permission', 'x', '--dry-run')).toEqual({
      name,
      changes: [
        { member: 'permissions', before: ['orders:list', 'orders:read'], after: ['x'] },
        { member: 'require_mfa', before: false, after: true },
      ],
    })
    expect(await adminJson('update', name, '--permission', '')).toMatchObject({ permissions: [] })

    const { person, user } = await aRegisteredPerson()
    expect(await adminJson('assign', name, person.email, '--dry-run')).toMatchObject({ roles: [] })
    expect(await adminJson('assign', name, person.email)).toEqual({
      user_id: user.id,
      role: name,
      done: 'assign',
    })
    expect(await admin('delete', name, '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('1 user has this role; with cascade'),
    })
    await adminJson('revoke', name, user.id)
    expect((await admin('delete', name)).code).toBe(2)
    expect(await adminJson('delete', name, '--yes')).toEqual({ deleted: name })
    expect((await admin('assign', name, person.email)).code).toBe(5)
  })

  it.each([
    [2, ['create']],
    [2, ['update', 'x']],
    [2, ['assign', 'x']],
    [2, ['update', 'x', '--require-mfa', '--no-require-mfa']],
    [1, ['create', 'two words']],
    [5, ['show', 'nothing']],
    [5, ['assign', 'nothing', 'nobody@example.com']],
  ])('exits with %i: %j', async (code, words) => {
    expect((await admin(...words)).code).toBe(code)
  })
})

describe('in tokens', () => {
  it('are there at the next refresh, and gone at the one after they were taken', async () => {
    const name = aName()
    await adminJson('create', name, '--permission', 'orders:read')
    const { device, user, ...first } = await aRegisteredPerson()
    expect(decodeJwt(first.access_token)).not.toHaveProperty('roles')
    await change('assign', name, user.id)
    const second = await device.refresh(first.refresh_token)
    expect(decodeJwt(second.access_token)).toMatchObject({ roles: [name], permissions: ['orders:read'] })
    await change('update', name, '--permission', 'orders:write')
    const third = await device.refresh(second.refresh_token)
    expect(decodeJwt(third.access_token)).toMatchObject({ permissions: ['orders:write'] })
    await change('delete', name, '--cascade', '--yes')
    const fourth = await device.refresh(third.refresh_token)
    expect(decodeJwt(fourth.access_token)).not.toHaveProperty('roles')
  })

  it('reach an application that asks for them and is allowed to, in its access token and at userinfo', async () => {
    const name = aName()
    await adminJson('create', name, '--permission', 'orders:read')
    const { person, user } = await aRegisteredPerson()
    await change('assign', name, user.id)
    const operator = await createOperator(suite)
    const scope = 'openid roles'
    const client = await operator.makeClient({ redirect_uris: [loopbackRedirectUri], scope })
    const application = await createApplication(suite, { client })
    const tokens = await application.signIn(person, { scope })
    const said = { roles: [name], permissions: ['orders:read'] }
    expect(decodeJwt(tokens.access_token)).toMatchObject(said)
    expect(tokens.claims()).not.toHaveProperty('roles')
    expect(await fetchUserInfo(application.config, tokens.access_token, user.id)).toMatchObject(said)
  })
})

describe('who gives roles', () => {
  it('is no user: not by the admin API, not by their profile, not by a scope', async () => {
    const name = aName()
    await adminJson('create', name)
    const { device, user, access_token: bearer } = await aRegisteredPerson()
    const path = `/admin/api/users/${user.id}/roles/${name}`
    const refused = await call(suite.gateway, 'PUT', path, { bearer, json: {} })
    expect(refused.status).toBe(403)
    expect((await call(suite.gateway, 'PUT', path, { json: {} })).status).toBe(401)
    for (const json of [{ roles: [name] }, { permissions: ['*'] }, { version: 99 }])
      expect((await device.send('PATCH', '/auth/me', { bearer, json })).status).toBe(400)
    const more = { ...aPerson(), roles: [name], permissions: ['*'], is_admin: true }
    const registered = await createDevice(suite).register(more)
    expect(decodeJwt(registered.access_token)).not.toHaveProperty('roles')
  })

  it('is no client without the scope, whatever its token says about another', async () => {
    const name = aName()
    await adminJson('create', name)
    const { user } = await aRegisteredPerson()
    const operator = await createOperator(suite)
    const reader = await operator.makeClient({
      grant_types: ['client_credentials'],
      scope: 'admin:users:read admin:clients:write',
    })
    const token = async (scope: string) =>
      postForm(suite, '/oauth/token', reader, { grant_type: 'client_credentials', scope })
    expect((await token('admin:users:write')).status).toBe(400)
    const { access_token: bearer } = Object((await token('admin:users:read admin:clients:write')).json)
    const path = `/admin/api/users/${user.id}/roles/${name}`
    expect((await call(suite.gateway, 'PUT', path, { bearer, json: {} })).status).toBe(403)
    expect((await call(suite.gateway, 'GET', `/admin/api/users/${user.id}`, { bearer })).status).toBe(200)
  })
})
