/** Organizations as operators make and fill them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { errorsOf } from './identity-under-test.ts'
import { codeOf, type Organizations, startOrganizations } from './organizations-under-test.ts'

let organizations: Organizations
beforeAll(async () => {
  organizations = await startOrganizations()
})
afterAll(() => organizations.close())

describe('/admin/api/organizations', () => {
  it('are made, listed, shown, changed and deleted', async () => {
    const { id, slug, path } = await organizations.anOrganization({ metadata: { plan: 'pro' } })
    expect((await organizations.operator('GET', path)).body).toMatchObject({
      id,
      slug,
      name: 'Acme Ltd',
      members: 0,
    })
    const found = (await organizations.operator('GET', `/organizations?slug=${slug.toUpperCase()}`)).body
    expect(found.organizations).toMatchObject([{ id, metadata: { plan: 'pro' } }])
    expect((await organizations.operator('PATCH', path, { name: 'Acme Inc' })).body).toMatchObject({
      slug,
      name: 'Acme Inc',
    })
    expect((await organizations.operator('DELETE', path)).status).toBe(204)
    expect(codeOf(await organizations.operator('GET', path))).toEqual([404, 'ORGANIZATION_NOT_FOUND'])
  })

  it('have a slug that is only theirs, under parallel requests too', async () => {
    const slug = `once-${createUuid()}`
    const answers = await Promise.all(
      [1, 2, 3].map(() => organizations.operator('POST', '/organizations', { slug, name: 'A' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    const other = await organizations.anOrganization()
    expect(codeOf(await organizations.operator('PATCH', other.path, { slug }))).toEqual([
      409,
      'ORGANIZATION_EXISTS',
    ])
  })

  it.each([
    [{ slug: 'Big', name: 'A' }, 'slug: slug_invalid'],
    [{ slug: '-a', name: 'A' }, 'slug: slug_invalid'],
    [{ slug: createUuid(), name: 'A' }, 'slug: slug_invalid'],
    [{ slug: 'a', name: 'two\nlines' }, 'name: name_invalid'],
    [{ slug: 'a', name: 'A', members: [] }, 'members: unknown_member'],
  ])('refuses %j', async (body, error) => {
    expect(errorsOf(await organizations.operator('POST', '/organizations', body))).toEqual([error])
  })

  it('tell the token service of every member, and of their name when it changes', async () => {
    const role = await organizations.aRole(['billing:read'])
    const person = await organizations.identity.register()
    const { id, slug, path } = await organizations.anOrganization()
    await organizations.put(path, person, [role])
    const membership = {
      organizationId: id,
      slug,
      name: 'Acme Ltd',
      roles: [role],
      permissions: ['billing:read'],
    }
    expect(organizations.toldOf(person)).toMatchObject({
      roles: [],
      permissions: [],
      organizations: [membership],
    })
    await organizations.operator('PATCH', path, { name: 'Acme Inc' })
    expect(organizations.toldOf(person)).toMatchObject({
      organizations: [{ ...membership, name: 'Acme Inc' }],
    })
    await organizations.operator('PATCH', `/roles/${role}`, { permissions: ['billing:write'] })
    expect(organizations.toldOf(person)).toMatchObject({
      organizations: [{ permissions: ['billing:write'] }],
    })
    await organizations.operator('DELETE', path)
    expect(organizations.toldOf(person)).toMatchObject({ organizations: [] })
  })

  it('have members with roles of organizations, all of them replaced at a time', async () => {
    const person = await organizations.identity.register()
    const { path } = await organizations.anOrganization()
    const [first, second] = [await organizations.aRole(), await organizations.aRole()]
    await organizations.put(path, person, [first])
    await organizations.put(path, person, [second, second])
    expect(await organizations.membersOf(path)).toMatchObject([{ user: { id: person.id }, roles: [second] }])
    const ofUsers = `user-role-${createUuid()}`
    await organizations.operator('POST', '/roles', { name: ofUsers })
    for (const role of [ofUsers, 'nothing'])
      expect(codeOf(await organizations.put(path, person, [role]))).toEqual([404, 'ROLE_NOT_FOUND'])
    expect(await organizations.membersOf(path)).toMatchObject([{ roles: [second] }])
    expect(codeOf(await organizations.operator('PUT', `${path}/members/${createUuid()}`, {}))).toEqual([
      404,
      'MEMBER_NOT_FOUND',
    ])
    expect((await organizations.operator('DELETE', `${path}/members/${person.id}`)).status).toBe(204)
    expect(codeOf(await organizations.operator('DELETE', `${path}/members/${person.id}`))).toEqual([
      404,
      'MEMBER_NOT_FOUND',
    ])
  })

  it('list their members in pages', async () => {
    const { path } = await organizations.anOrganization()
    const people = await Promise.all([1, 2, 3].map(() => organizations.identity.register()))
    for (const person of people) await organizations.put(path, person)
    const first = (await organizations.operator('GET', `${path}/members?limit=2`)).body
    const second = (
      await organizations.operator('GET', `${path}/members?limit=2&cursor=${first.next_cursor}`)
    ).body
    const ids = [first, second].flatMap(({ members }) =>
      (members as { user: { id: string } }[]).map(m => m.user.id),
    )
    expect(new Set(ids)).toEqual(new Set(people.map(({ id }) => id)))
    expect(second).not.toHaveProperty('next_cursor')
  })
})
