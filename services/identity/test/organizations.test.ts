/** Organizations as their owners run them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { codeOf, type Organizations, startOrganizations } from './organizations-under-test.ts'

let organizations: Organizations
beforeAll(async () => {
  organizations = await startOrganizations()
})
afterAll(() => organizations.close())

describe('/auth/organizations, for who belongs to one', () => {
  it('lists a user’s own, with their roles', async () => {
    const person = await organizations.identity.register()
    const { id, slug } = await organizations.ownedBy(person)
    expect((await organizations.as(person, 'GET', '/organizations')).body).toEqual({
      organizations: [{ id, slug, name: 'Acme Ltd', roles: ['owner'] }],
    })
    expect((await organizations.identity.call('GET', '/auth/organizations')).status).toBe(401)
  })

  it('lets owners see, change and remove members', async () => {
    const [owner, member] = [await organizations.identity.register(), await organizations.identity.register()]
    const { path } = await organizations.ownedBy(owner)
    await organizations.put(path, member)
    const role = await organizations.aRole()
    expect((await organizations.as(owner, 'GET', `${path}/members`)).body).toMatchObject({
      members: expect.arrayContaining([expect.objectContaining({ roles: ['owner'] })]),
    })
    expect(
      (await organizations.as(owner, 'PUT', `${path}/members/${member.id}`, { roles: [role] })).status,
    ).toBe(204)
    expect(organizations.toldOf(member)).toMatchObject({ organizations: [{ roles: [role] }] })
    expect((await organizations.as(owner, 'DELETE', `${path}/members/${member.id}`)).status).toBe(204)
    expect(organizations.toldOf(member)).toMatchObject({ organizations: [] })
  })

  it('lets nobody else: a member gets 403, a stranger 404, as for one that does not exist', async () => {
    const [owner, member, stranger] = [
      await organizations.identity.register(),
      await organizations.identity.register(),
      await organizations.identity.register(),
    ]
    const { path } = await organizations.ownedBy(owner)
    await organizations.put(path, member)
    await organizations.ownedBy(stranger)
    const calls: [string, string, unknown?][] = [
      ['GET', '/members'],
      ['PUT', `/members/${member.id}`, { roles: ['owner'] }],
      ['PUT', `/members/${stranger.id}`, { roles: ['owner'] }],
      ['DELETE', `/members/${owner.id}`],
      ['GET', '/invitations'],
      ['POST', '/invitations', { email: 'x@example.com', roles: ['owner'] }],
      ['DELETE', `/invitations/${createUuid()}`],
    ]
    for (const [method, below, body] of calls) {
      expect(codeOf(await organizations.as(member, method, `${path}${below}`, body))).toEqual([
        403,
        'NOT_AN_OWNER',
      ])
      const refused = await organizations.as(stranger, method, `${path}${below}`, body)
      const unknown = await organizations.as(stranger, method, `/organizations/${createUuid()}${below}`, body)
      expect(codeOf(refused)).toEqual([404, 'ORGANIZATION_NOT_FOUND'])
      expect(codeOf(unknown)).toEqual([404, 'ORGANIZATION_NOT_FOUND'])
    }
    expect((await organizations.membersOf(path)).flatMap(({ roles }) => roles)).toEqual(['owner'])
    expect(codeOf(await organizations.as(owner, 'PATCH', path, { name: 'Mine' }))[0]).not.toBe(200)
  })

  it('lets owners take in nobody but by invitation', async () => {
    const [owner, other] = [await organizations.identity.register(), await organizations.identity.register()]
    const { path } = await organizations.ownedBy(owner)
    const refused = await organizations.as(owner, 'PUT', `${path}/members/${other.id}`, { roles: [] })
    expect(codeOf(refused)).toEqual([404, 'MEMBER_NOT_FOUND'])
  })

  it('lets members leave, but not the last owner', async () => {
    const [owner, member] = [await organizations.identity.register(), await organizations.identity.register()]
    const { path } = await organizations.ownedBy(owner)
    await organizations.put(path, member)
    expect((await organizations.as(member, 'DELETE', `${path}/members/${member.id}`)).status).toBe(204)
    const leave = () => organizations.as(owner, 'DELETE', `${path}/members/${owner.id}`)
    expect(codeOf(await leave())).toEqual([409, 'LAST_OWNER'])
    expect(
      codeOf(await organizations.as(owner, 'PUT', `${path}/members/${owner.id}`, { roles: [] })),
    ).toEqual([409, 'LAST_OWNER'])
    expect(codeOf(await organizations.put(path, owner, []))).toEqual([409, 'LAST_OWNER'])
  })

  it('keeps an owner when all of them leave at once, or remove each other', async () => {
    for (const whom of ['themselves', 'each other'] as const) {
      const owners = await Promise.all([1, 2, 3, 4].map(() => organizations.identity.register()))
      const { path } = await organizations.ownedBy(...owners)
      const answers = await Promise.all(
        owners.map((owner, index) => {
          const target = whom === 'themselves' ? owner : (owners[(index + 1) % owners.length] ?? owner)
          return organizations.as(owner, 'DELETE', `${path}/members/${target.id}`)
        }),
      )
      const left = await organizations.membersOf(path)
      expect(left.length).toBeGreaterThanOrEqual(1)
      expect(left.every(({ roles }) => roles.includes('owner'))).toBe(true)
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(4 - left.length)
    }
  })
})
