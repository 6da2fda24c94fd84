/** Organizations that operators have made, and the people in them. */
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import { anOperator } from './an-operator.ts'
import { type Answer, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

type Person = Awaited<ReturnType<IdentityUnderTest['register']>>

export const codeOf = ({ status, body }: Answer) => [status, body.code]

export const startOrganizations = async () => {
  const clock = createClock(new Date())
  const identity = await startIdentity({
    now: clock.now,
    env: { MAILS_PER_ADDRESS_PER_HOUR: '1000', MAILS_PER_NETWORK_PER_HOUR: '1000' },
  })
  const operator = anOperator(identity)

  const anOrganization = async (members: object = {}) => {
    const slug = `org-${createUuid()}`
    const answer = await operator('POST', '/organizations', { slug, name: 'Acme Ltd', ...members })
    if (answer.status !== 201) throw new Error(`no organization was made: ${answer.text}`)
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
    for (const owner of owners) {
      const { status, text } = await put(organization.path, owner, ['owner'])
      if (status !== 204) throw new Error(`no owner was made: ${text}`)
    }
    return organization
  }

  /** The latest that the token service has heard. */
  const toldOf = ({ id }: Person) =>
    identity.neighbours.token.subjects
      .filter(subject => subject?.userId === id)
      .toSorted((a, b) => (a?.version ?? 0) - (b?.version ?? 0))
      .at(-1)

  const membersOf = async (path: string) => {
    const { members } = (await operator('GET', `${path}/members`)).body
    return members as { user: { id: string; email: string }; roles: string[] }[]
  }

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

  return {
    clock,
    identity,
    operator,
    anOrganization,
    aRole,
    put,
    as,
    ownedBy,
    toldOf,
    membersOf,
    invitationTo,
    accept,
    close: () => identity.close(),
  }
}

export type Organizations = Awaited<ReturnType<typeof startOrganizations>>
