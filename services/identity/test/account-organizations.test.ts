/** /account/organizations: memberships and their end, invitations and their answer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually, formOf, hiddenFieldsOf } from '@latchkey/testkit'
import { anOperator, type Operator } from './an-operator.ts'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'

const clock = createClock()
let identity: IdentityUnderTest
let operator: Operator
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
  operator = anOperator(identity)
})
afterAll(() => identity.close())

const page = '/account/organizations'
const [leave, join, decline] = [`${page}/leave`, `${page}/join`, `${page}/decline`]

/** Somebody who is signed in in a browser. */
const somebody = async ({ isVerified = true } = {}) => {
  const user = await identity.register()
  if (isVerified)
    await identity.database.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id])
  const visitor = createVisitor(identity)
  await visitor.submit(await visitor.open('/login'), { email: user.email, password: goodPassword })
  const open = () => visitor.open(page)
  /** Presses the button of a form, whose answer leads back here. */
  const press = async (action: string, fields: Record<string, string> = {}) => {
    const answer = await visitor.submit(await open(), fields, action)
    expect(answer.status).toBe(303)
    return visitor.open(String(answer.headers.get('location')))
  }
  return { ...user, isVerified, visitor, open, press }
}
type Somebody = Awaited<ReturnType<typeof somebody>>

const anOrganization = async (name = `Org ${createUuid()}`, slug = `org-${createUuid()}`) => {
  const { body } = await operator('POST', '/organizations', { slug, name })
  const path = `/organizations/${body.id}`
  const add = async ({ id }: Pick<Somebody, 'id'>, ...roles: string[]) =>
    expect((await operator('PUT', `${path}/members/${id}`, { roles })).status).toBe(204)
  const invite = async (email: string) =>
    expect((await operator('POST', `${path}/invitations`, { email })).status).toBe(201)
  const members = async () => {
    const found = (await operator('GET', `${path}/members`)).body.members
    return (found as { user: { id: string } }[]).map(({ user }) => user.id)
  }
  const invitations = async () => (await operator('GET', `${path}/invitations`)).body.invitations
  return { id: String(body.id), name, add, invite, members, invitations }
}

describe('/account/organizations', () => {
  it('lists what one belongs to with one’s roles, and nothing of others', async () => {
    const [person, other] = [await somebody(), await somebody()]
    const [own, plain, foreign] = [await anOrganization(), await anOrganization(), await anOrganization()]
    await own.add(person, 'owner')
    await plain.add(person)
    await foreign.add(other, 'owner')
    const { text } = await person.open()
    expect(text).toContain(own.name)
    expect(text).toContain('Roles: owner')
    expect(text).toContain(plain.name)
    expect(text).toContain('Member without a role')
    expect(text).not.toContain(foreign.name)
    expect((await (await somebody()).open()).text).toContain('You belong to no organization')
  })

  it('goes by names, not by slugs', async () => {
    const person = await somebody()
    const [last, first] = [
      await anOrganization('Zebra', 'a-zebra'),
      await anOrganization('Antelope', 'z-antelope'),
    ]
    for (const each of [last, first]) await each.add(person)
    expect((await person.open()).text).toMatch(/Antelope[\s\S]*Zebra/)
  })

  it('lets a member leave, and tells the token service', async () => {
    const person = await somebody()
    const organization = await anOrganization()
    await organization.add(person)
    const after = await person.press(leave)
    expect(after.text).toContain('You have left the organization')
    expect(after.text).not.toContain(organization.name)
    expect(await organization.members()).toEqual([])
    await eventually(() =>
      expect(
        identity.neighbours.token.subjects.filter(subject => subject?.userId === person.id).at(-1),
      ).toMatchObject({ organizations: [] }),
    )
  })

  it('keeps the last owner, and says what to do', async () => {
    const [first, second] = [await somebody(), await somebody()]
    const organization = await anOrganization()
    await organization.add(first, 'owner')
    const refused = await first.press(leave)
    expect(refused.text).toMatch(/role="alert"[\s\S]*You are the last owner of this organization/)
    expect(await organization.members()).toEqual([first.id])
    await organization.add(second, 'owner')
    expect((await first.press(leave)).text).toContain('You have left')
    expect(await organization.members()).toEqual([second.id])
  })

  it('asks who it is before one leaves, where that was long ago (ASVS 7.5.1)', async () => {
    const person = await somebody()
    const organization = await anOrganization()
    await organization.add(person)
    clock.advance(3_600_000)
    const asked = await person.visitor.submit(await person.open(), {}, leave)
    expect(asked.headers.get('location')).toBe(`/account/confirm?next=${encodeURIComponent(page)}`)
    expect(await organization.members()).toEqual([person.id])
    const confirm = await person.visitor.open(String(asked.headers.get('location')))
    const back = await person.visitor.submit(confirm, { password: goodPassword })
    expect(back.headers.get('location')).toBe(page)
    expect((await person.press(leave)).text).toContain('You have left')
  })

  it('shows invitations to the address, and joins by a button', async () => {
    const person = await somebody()
    const organization = await anOrganization()
    await organization.invite(person.email)
    expect((await person.open()).text).toContain(`Join ${organization.name}`)
    const after = await person.press(join)
    expect(after.text).toContain('You belong to the organization now')
    expect(after.text).not.toContain('Join ')
    expect(await organization.members()).toEqual([person.id])
  })

  it('lets one be declined, after which the mail’s link is worth nothing, and another one can come', async () => {
    const person = await somebody()
    const organization = await anOrganization()
    await organization.invite(person.email)
    const { token } = await identity.mailTo(person.email, 'organization_invitation')
    expect((await person.press(decline)).text).toContain('Declined')
    expect(await organization.invitations()).toEqual([])
    expect((await person.visitor.open(`/invitations/accept?token=${token}`)).status).toBe(400)
    await organization.invite(person.email)
    expect((await person.press(join)).text).toContain('You belong to the organization now')
  })

  it('of any number of answers at once takes one', async () => {
    const person = await somebody()
    const organization = await anOrganization()
    await organization.invite(person.email)
    const shown = await person.open()
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => person.visitor.submit(shown, {}, index % 2 ? join : decline)),
    )
    const outcomes = answers.map(({ headers }) => String(headers.get('location')).split('done=')[1])
    expect(outcomes.filter(outcome => outcome !== 'invalid')).toHaveLength(1)
    const hasJoined = outcomes.includes('joined')
    expect(await organization.members()).toEqual(hasJoined ? [person.id] : [])
  })

  it('shows none to whoever has only claimed the address, and takes no answer from them', async () => {
    const claimer = await somebody({ isVerified: false })
    const organization = await anOrganization()
    await organization.invite(claimer.email)
    const shown = await claimer.open()
    expect(shown.text).not.toContain(organization.name)
    expect(shown.text).toContain('Confirm your email address first')
    await expect(answerOf(claimer, organization)).resolves.toEqual(['invalid', 'invalid'])
  })

  it('takes no answer to an invitation of somebody else', async () => {
    const [guest, thief] = [await somebody(), await somebody()]
    const organization = await anOrganization()
    await organization.invite(guest.email)
    expect((await thief.open()).text).not.toContain(organization.name)
    expect(await answerOf(thief, organization)).toEqual(['invalid', 'invalid'])
    expect((await guest.press(join)).text).toContain('You belong to the organization now')
  })
})

/** What becomes of answers by somebody whose page has no such form: with the proofs of a form of their own. */
const answerOf = async (
  person: Somebody,
  { id }: Awaited<ReturnType<typeof anOrganization>>,
): Promise<unknown[]> => {
  const { rows } = await identity.database.pool.query(
    'SELECT id FROM organization_invitations WHERE organization_id = $1',
    [id],
  )
  const invitation_id = String(rows[0]?.id)
  const own = await anOrganization()
  await identity.database.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [person.id])
  await own.invite(person.email)
  const shown = await person.open()
  if (!person.isVerified)
    await identity.database.pool.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [person.id])
  const outcomes: unknown[] = []
  for (const action of [join, decline]) {
    const { csrf = '' } = hiddenFieldsOf(formOf(shown.text, action))
    const answer = await person.visitor.send('POST', action, { csrf, invitation_id })
    outcomes.push(String(answer.headers.get('location')).split('done=')[1])
  }
  return outcomes
}
