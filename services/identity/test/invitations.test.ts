/** Invitations into an organization: a mail, a token, and who may use it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import type { Answer } from './identity-under-test.ts'
import { codeOf, type Organizations, startOrganizations } from './organizations-under-test.ts'

let organizations: Organizations
beforeAll(async () => {
  organizations = await startOrganizations()
})
afterAll(() => organizations.close())

describe('invitations', () => {
  it('are a mail in the organization’s name, and nothing that a user typed', async () => {
    const owner = await organizations.identity.register({ name: 'You won at evil.example' })
    const { path } = await organizations.ownedBy(owner)
    const email = `guest-${createUuid()}@example.com`
    const made = await organizations.as(owner, 'POST', `${path}/invitations`, {
      email,
      roles: [],
      locale: 'de',
    })
    expect(made).toMatchObject({ status: 201, body: { email, roles: [] } })
    expect(made.text).not.toMatch(/token/)
    await organizations.invitationTo(email)
    const mail = organizations.identity.neighbours.notification.messages.findLast(
      ({ recipient }) => recipient === email,
    )
    expect(mail).toMatchObject({ template: 'organization_invitation', locale: 'de' })
    expect(Object.keys(await organizations.identity.unseal(mail?.sealedData ?? '')).sort()).toEqual([
      'organization',
      'token',
    ])
    const { rows } = await organizations.identity.database.pool.query(
      'SELECT token_hash FROM organization_invitations',
    )
    expect(rows.every(({ token_hash }) => /^[0-9a-f]{64}$/.test(token_hash))).toBe(true)
  })

  it('take in who has the address, registered before or after, and verify it', async () => {
    const owner = await organizations.identity.register()
    const { id, path } = await organizations.ownedBy(owner)
    const role = await organizations.aRole()
    const email = `new-${createUuid()}@example.com`
    await organizations.as(owner, 'POST', `${path}/invitations`, {
      email: email.toUpperCase(),
      roles: [role],
    })
    const token = await organizations.invitationTo(email.toUpperCase().replace('EXAMPLE.COM', 'example.com'))
    const guest = await organizations.identity.register({ email })
    const accepted = await organizations.accept(guest, token)
    expect(accepted).toMatchObject({ status: 200, body: { organization: { id, name: 'Acme Ltd' } } })
    expect(organizations.toldOf(guest)).toMatchObject({
      emailVerified: true,
      organizations: [{ organizationId: id, roles: [role] }],
    })
    expect((await organizations.as(owner, 'GET', `${path}/invitations`)).body).toEqual({ invitations: [] })
  })

  it('work once, however many accept at once', async () => {
    const [owner, guest] = [await organizations.identity.register(), await organizations.identity.register()]
    const { path } = await organizations.ownedBy(owner)
    await organizations.as(owner, 'POST', `${path}/invitations`, { email: guest.email })
    const token = await organizations.invitationTo(guest.email)
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => organizations.accept(guest, token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
    expect(codeOf(await organizations.accept(guest, token))).toEqual([400, 'INVALID_INVITATION'])
  })

  it('are of no use to another account, which does not use them up', async () => {
    const [owner, guest, thief] = [
      await organizations.identity.register(),
      await organizations.identity.register(),
      await organizations.identity.register(),
    ]
    const { path } = await organizations.ownedBy(owner)
    await organizations.as(owner, 'POST', `${path}/invitations`, { email: guest.email, roles: ['owner'] })
    const token = await organizations.invitationTo(guest.email)
    expect(codeOf(await organizations.accept(thief, token))).toEqual([403, 'INVITATION_OF_ANOTHER'])
    expect(codeOf(await organizations.accept(thief, 'made-up'))).toEqual([400, 'INVALID_INVITATION'])
    expect((await organizations.accept(guest, token)).status).toBe(200)
  })

  it('end when they are withdrawn, replaced, or seven days old', async () => {
    const [owner, guest] = [await organizations.identity.register(), await organizations.identity.register()]
    const { path } = await organizations.ownedBy(owner)
    const invite = async () => {
      const { body } = await organizations.as(owner, 'POST', `${path}/invitations`, { email: guest.email })
      return { id: String(body.id), token: await organizations.invitationTo(guest.email) }
    }
    const withdrawn = await invite()
    expect((await organizations.as(owner, 'DELETE', `${path}/invitations/${withdrawn.id}`)).status).toBe(204)
    expect(codeOf(await organizations.as(owner, 'DELETE', `${path}/invitations/${withdrawn.id}`))).toEqual([
      404,
      'INVITATION_NOT_FOUND',
    ])
    expect((await organizations.accept(guest, withdrawn.token)).status).toBe(400)
    const replaced = await invite()
    await eventually(async () => expect((await invite()).token).not.toBe(replaced.token))
    expect((await organizations.accept(guest, replaced.token)).status).toBe(400)
    const old = await organizations.invitationTo(guest.email)
    organizations.clock.advance(7 * 86_400_000 + 1_000)
    expect((await organizations.accept(guest, old)).status).toBe(400)
  })

  it('go to one address a few times an hour', async () => {
    const owner = await organizations.identity.register()
    const { path } = await organizations.ownedBy(owner)
    const email = `often-${createUuid()}@example.com`
    const answers: Answer[] = []
    for (let count = 0; count < 30; count += 1)
      answers.push(await organizations.as(owner, 'POST', `${path}/invitations`, { email }))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.body).toMatchObject({ code: 'TOO_MANY_INVITATIONS' })
    expect((await organizations.as(owner, 'GET', `${path}/invitations`)).body.invitations).toHaveLength(1)
  })
})
