/** Organizations: made by operators, run by their owners, joined by invitation. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import { anOperator, type Operator } from './an-operator.ts'
import { type Answer, errorsOf, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
let operator: Operator
beforeAll(async () => {
  identity = await startIdentity({
    now: clock.now,
    env: { MAILS_PER_ADDRESS_PER_HOUR: '1000', MAILS_PER_NETWORK_PER_HOUR: '1000' },
  })
  operator = anOperator(identity)
})
afterAll(() => identity.close())

type Person = Awaited<ReturnType<IdentityUnderTest['register']>>

const anOrganization = async (members: object = {}) => {
  const slug = `org-${createUuid()}`
  const answer = await operator('POST', '/organizations', { slug, name: 'Acme Ltd', ...members })
  expect(answer.status).toBe(201)
  return { id: String(answer.body.id), slug, path: `/organizations/${answer.body.id}` }
}
const aRole = async (permissions: readonly string[] = []) => {
  const name = `role-${createUuid()}`
  await operator('POST', '/roles', { name, kind: 'organization', permissions })
  return name
}
const put = (path: string, { id }: Person, roles: readonly string[] = []) =>
  operator('PUT', `${path}/members/${id}`, { roles })
/** As somebody who is signed in. */
const as = ({ bearer }: Person, method: string, path: string, body?: unknown): Promise<Answer> =>
  identity.call(method, `/auth${path}`, { bearer, ...(body === undefined ? {} : { body }) })

const ownedBy = async (...owners: Person[]) => {
  const organization = await anOrganization()
  for (const owner of owners) expect((await put(organization.path, owner, ['owner'])).status).toBe(204)
  return organization
}
const toldOf = ({ id }: Person) =>
  identity.neighbours.token.subjects
    .filter(subject => subject?.userId === id)
    .toSorted((a, b) => (a?.version ?? 0) - (b?.version ?? 0))
    .at(-1)
const membersOf = async (path: string) => {
  const { members } = (await operator('GET', `${path}/members`)).body
  return members as { user: { id: string; email: string }; roles: string[] }[]
}
const codeOf = ({ status, body }: Answer) => [status, body.code]

/** The token of the mail that invites the address. */
const invitationTo = async (email: string): Promise<string> => {
  const mail = await eventually(() => {
    const found = identity.neighbours.notification.messages.findLast(
      each => each.recipient === email && each.template === 'organization_invitation',
    )
    if (found === undefined) throw new Error('no invitation yet')
    return found
  })
  return String((await identity.unseal(mail.sealedData)).token)
}
const accept = (person: Person, token: string) => as(person, 'POST', '/invitations/accept', { token })

describe('/admin/api/organizations', () => {
  it('are made, listed, shown, changed and deleted', async () => {
    const { id, slug, path } = await anOrganization({ metadata: { plan: 'pro' } })
    expect((await operator('GET', path)).body).toMatchObject({ id, slug, name: 'Acme Ltd', members: 0 })
    const found = (await operator('GET', `/organizations?slug=${slug.toUpperCase()}`)).body
    expect(found.organizations).toMatchObject([{ id, metadata: { plan: 'pro' } }])
    expect((await operator('PATCH', path, { name: 'Acme Inc' })).body).toMatchObject({
      slug,
      name: 'Acme Inc',
    })
    expect((await operator('DELETE', path)).status).toBe(204)
    expect(codeOf(await operator('GET', path))).toEqual([404, 'ORGANIZATION_NOT_FOUND'])
  })

  it('have a slug that is only theirs, under parallel requests too', async () => {
    const slug = `once-${createUuid()}`
    const answers = await Promise.all(
      [1, 2, 3].map(() => operator('POST', '/organizations', { slug, name: 'A' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    const other = await anOrganization()
    expect(codeOf(await operator('PATCH', other.path, { slug }))).toEqual([409, 'ORGANIZATION_EXISTS'])
  })

  it.each([
    [{ slug: 'Big', name: 'A' }, 'slug: slug_invalid'],
    [{ slug: '-a', name: 'A' }, 'slug: slug_invalid'],
    [{ slug: createUuid(), name: 'A' }, 'slug: slug_invalid'],
    [{ slug: 'a', name: 'two\nlines' }, 'name: name_invalid'],
    [{ slug: 'a', name: 'A', members: [] }, 'members: unknown_member'],
  ])('refuses %j', async (body, error) => {
    expect(errorsOf(await operator('POST', '/organizations', body))).toEqual([error])
  })

  it('tell the token service of every member, and of their name when it changes', async () => {
    const role = await aRole(['billing:read'])
    const person = await identity.register()
    const { id, slug, path } = await anOrganization()
    await put(path, person, [role])
    const membership = {
      organizationId: id,
      slug,
      name: 'Acme Ltd',
      roles: [role],
      permissions: ['billing:read'],
    }
    expect(toldOf(person)).toMatchObject({ roles: [], permissions: [], organizations: [membership] })
    await operator('PATCH', path, { name: 'Acme Inc' })
    expect(toldOf(person)).toMatchObject({ organizations: [{ ...membership, name: 'Acme Inc' }] })
    await operator('PATCH', `/roles/${role}`, { permissions: ['billing:write'] })
    expect(toldOf(person)).toMatchObject({ organizations: [{ permissions: ['billing:write'] }] })
    await operator('DELETE', path)
    expect(toldOf(person)).toMatchObject({ organizations: [] })
  })

  it('have members with roles of organizations, all of them replaced at a time', async () => {
    const person = await identity.register()
    const { path } = await anOrganization()
    const [first, second] = [await aRole(), await aRole()]
    await put(path, person, [first])
    await put(path, person, [second, second])
    expect(await membersOf(path)).toMatchObject([{ user: { id: person.id }, roles: [second] }])
    const ofUsers = `user-role-${createUuid()}`
    await operator('POST', '/roles', { name: ofUsers })
    for (const role of [ofUsers, 'nothing'])
      expect(codeOf(await put(path, person, [role]))).toEqual([404, 'ROLE_NOT_FOUND'])
    expect(await membersOf(path)).toMatchObject([{ roles: [second] }])
    expect(codeOf(await operator('PUT', `${path}/members/${createUuid()}`, {}))).toEqual([
      404,
      'MEMBER_NOT_FOUND',
    ])
    expect((await operator('DELETE', `${path}/members/${person.id}`)).status).toBe(204)
    expect(codeOf(await operator('DELETE', `${path}/members/${person.id}`))).toEqual([
      404,
      'MEMBER_NOT_FOUND',
    ])
  })

  it('list their members in pages', async () => {
    const { path } = await anOrganization()
    const people = await Promise.all([1, 2, 3].map(() => identity.register()))
    for (const person of people) await put(path, person)
    const first = (await operator('GET', `${path}/members?limit=2`)).body
    const second = (await operator('GET', `${path}/members?limit=2&cursor=${first.next_cursor}`)).body
    const ids = [first, second].flatMap(({ members }) =>
      (members as { user: { id: string } }[]).map(m => m.user.id),
    )
    expect(new Set(ids)).toEqual(new Set(people.map(({ id }) => id)))
    expect(second).not.toHaveProperty('next_cursor')
  })
})

describe('/auth/organizations, for who belongs to one', () => {
  it('lists a user’s own, with their roles', async () => {
    const person = await identity.register()
    const { id, slug } = await ownedBy(person)
    expect((await as(person, 'GET', '/organizations')).body).toEqual({
      organizations: [{ id, slug, name: 'Acme Ltd', roles: ['owner'] }],
    })
    expect((await identity.call('GET', '/auth/organizations')).status).toBe(401)
  })

  it('lets owners see, change and remove members', async () => {
    const [owner, member] = [await identity.register(), await identity.register()]
    const { path } = await ownedBy(owner)
    await put(path, member)
    const role = await aRole()
    expect((await as(owner, 'GET', `${path}/members`)).body).toMatchObject({
      members: expect.arrayContaining([expect.objectContaining({ roles: ['owner'] })]),
    })
    expect((await as(owner, 'PUT', `${path}/members/${member.id}`, { roles: [role] })).status).toBe(204)
    expect(toldOf(member)).toMatchObject({ organizations: [{ roles: [role] }] })
    expect((await as(owner, 'DELETE', `${path}/members/${member.id}`)).status).toBe(204)
    expect(toldOf(member)).toMatchObject({ organizations: [] })
  })

  it('lets nobody else: a member gets 403, a stranger 404, as for one that does not exist', async () => {
    const [owner, member, stranger] = [
      await identity.register(),
      await identity.register(),
      await identity.register(),
    ]
    const { path } = await ownedBy(owner)
    await put(path, member)
    await ownedBy(stranger)
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
      expect(codeOf(await as(member, method, `${path}${below}`, body))).toEqual([403, 'NOT_AN_OWNER'])
      const refused = await as(stranger, method, `${path}${below}`, body)
      const unknown = await as(stranger, method, `/organizations/${createUuid()}${below}`, body)
      expect(codeOf(refused)).toEqual([404, 'ORGANIZATION_NOT_FOUND'])
      expect(codeOf(unknown)).toEqual([404, 'ORGANIZATION_NOT_FOUND'])
    }
    expect((await membersOf(path)).flatMap(({ roles }) => roles)).toEqual(['owner'])
    expect(codeOf(await as(owner, 'PATCH', path, { name: 'Mine' }))[0]).not.toBe(200)
  })

  it('lets owners take in nobody but by invitation', async () => {
    const [owner, other] = [await identity.register(), await identity.register()]
    const { path } = await ownedBy(owner)
    const refused = await as(owner, 'PUT', `${path}/members/${other.id}`, { roles: [] })
    expect(codeOf(refused)).toEqual([404, 'MEMBER_NOT_FOUND'])
  })

  it('lets members leave, but not the last owner', async () => {
    const [owner, member] = [await identity.register(), await identity.register()]
    const { path } = await ownedBy(owner)
    await put(path, member)
    expect((await as(member, 'DELETE', `${path}/members/${member.id}`)).status).toBe(204)
    const leave = () => as(owner, 'DELETE', `${path}/members/${owner.id}`)
    expect(codeOf(await leave())).toEqual([409, 'LAST_OWNER'])
    expect(codeOf(await as(owner, 'PUT', `${path}/members/${owner.id}`, { roles: [] }))).toEqual([
      409,
      'LAST_OWNER',
    ])
    expect(codeOf(await put(path, owner, []))).toEqual([409, 'LAST_OWNER'])
  })

  it('keeps an owner when all of them leave at once, or remove each other', async () => {
    for (const whom of ['themselves', 'each other'] as const) {
      const owners = await Promise.all([1, 2, 3, 4].map(() => identity.register()))
      const { path } = await ownedBy(...owners)
      const answers = await Promise.all(
        owners.map((owner, index) => {
          const target = whom === 'themselves' ? owner : (owners[(index + 1) % owners.length] ?? owner)
          return as(owner, 'DELETE', `${path}/members/${target.id}`)
        }),
      )
      const left = await membersOf(path)
      expect(left.length).toBeGreaterThanOrEqual(1)
      expect(left.every(({ roles }) => roles.includes('owner'))).toBe(true)
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(4 - left.length)
    }
  })
})

describe('invitations', () => {
  it('are a mail in the organization’s name, and nothing that a user typed', async () => {
    const owner = await identity.register({ name: 'You won at evil.example' })
    const { path } = await ownedBy(owner)
    const email = `guest-${createUuid()}@example.com`
    const made = await as(owner, 'POST', `${path}/invitations`, { email, roles: [], locale: 'de' })
    expect(made).toMatchObject({ status: 201, body: { email, roles: [] } })
    expect(made.text).not.toMatch(/token/)
    await invitationTo(email)
    const mail = identity.neighbours.notification.messages.findLast(({ recipient }) => recipient === email)
    expect(mail).toMatchObject({ template: 'organization_invitation', locale: 'de' })
    expect(Object.keys(await identity.unseal(mail?.sealedData ?? '')).sort()).toEqual([
      'organization',
      'token',
    ])
    const { rows } = await identity.database.pool.query('SELECT token_hash FROM organization_invitations')
    expect(rows.every(({ token_hash }) => /^[0-9a-f]{64}$/.test(token_hash))).toBe(true)
  })

  it('take in who has the address, registered before or after, and verify it', async () => {
    const owner = await identity.register()
    const { id, path } = await ownedBy(owner)
    const role = await aRole()
    const email = `new-${createUuid()}@example.com`
    await as(owner, 'POST', `${path}/invitations`, { email: email.toUpperCase(), roles: [role] })
    const token = await invitationTo(email.toUpperCase().replace('EXAMPLE.COM', 'example.com'))
    const guest = await identity.register({ email })
    const accepted = await accept(guest, token)
    expect(accepted).toMatchObject({ status: 200, body: { organization: { id, name: 'Acme Ltd' } } })
    expect(toldOf(guest)).toMatchObject({
      emailVerified: true,
      organizations: [{ organizationId: id, roles: [role] }],
    })
    expect((await as(owner, 'GET', `${path}/invitations`)).body).toEqual({ invitations: [] })
  })

  it('work once, however many accept at once', async () => {
    const [owner, guest] = [await identity.register(), await identity.register()]
    const { path } = await ownedBy(owner)
    await as(owner, 'POST', `${path}/invitations`, { email: guest.email })
    const token = await invitationTo(guest.email)
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => accept(guest, token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
    expect(codeOf(await accept(guest, token))).toEqual([400, 'INVALID_INVITATION'])
  })

  it('are of no use to another account, which does not use them up', async () => {
    const [owner, guest, thief] = [
      await identity.register(),
      await identity.register(),
      await identity.register(),
    ]
    const { path } = await ownedBy(owner)
    await as(owner, 'POST', `${path}/invitations`, { email: guest.email, roles: ['owner'] })
    const token = await invitationTo(guest.email)
    expect(codeOf(await accept(thief, token))).toEqual([403, 'INVITATION_OF_ANOTHER'])
    expect(codeOf(await accept(thief, 'made-up'))).toEqual([400, 'INVALID_INVITATION'])
    expect((await accept(guest, token)).status).toBe(200)
  })

  it('end when they are withdrawn, replaced, or seven days old', async () => {
    const [owner, guest] = [await identity.register(), await identity.register()]
    const { path } = await ownedBy(owner)
    const invite = async () => {
      const { body } = await as(owner, 'POST', `${path}/invitations`, { email: guest.email })
      return { id: String(body.id), token: await invitationTo(guest.email) }
    }
    const withdrawn = await invite()
    expect((await as(owner, 'DELETE', `${path}/invitations/${withdrawn.id}`)).status).toBe(204)
    expect(codeOf(await as(owner, 'DELETE', `${path}/invitations/${withdrawn.id}`))).toEqual([
      404,
      'INVITATION_NOT_FOUND',
    ])
    expect((await accept(guest, withdrawn.token)).status).toBe(400)
    const replaced = await invite()
    await eventually(async () => expect((await invite()).token).not.toBe(replaced.token))
    expect((await accept(guest, replaced.token)).status).toBe(400)
    const old = await invitationTo(guest.email)
    clock.advance(7 * 86_400_000 + 1_000)
    expect((await accept(guest, old)).status).toBe(400)
  })

  it('go to one address a few times an hour', async () => {
    const owner = await identity.register()
    const { path } = await ownedBy(owner)
    const email = `often-${createUuid()}@example.com`
    const answers: Answer[] = []
    for (let count = 0; count < 30; count += 1)
      answers.push(await as(owner, 'POST', `${path}/invitations`, { email }))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.body).toMatchObject({ code: 'TOO_MANY_INVITATIONS' })
    expect((await as(owner, 'GET', `${path}/invitations`)).body.invitations).toHaveLength(1)
  })
})
