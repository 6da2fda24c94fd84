/** Organizations of the suite as an operator makes them, and the mails that invite into them. */
import { randomUUID } from 'node:crypto'
import { eventually } from '@latchkey/testkit'
import { call } from './call.ts'
import { mailsTo } from './mails.ts'
import { adminToken } from './oauth-client.ts'
import { expected } from './person.ts'
import { subjectsTold } from './subjects.ts'
import type { Suite } from './suite.ts'

export interface MadeOrganization {
  readonly id: string
  readonly slug: string
}

const send = async (suite: Suite, method: string, path: string, json: object) => {
  const bearer = await adminToken(suite, 'admin:users:write')
  return call(suite.gateway, method, `/admin/api/organizations${path}`, { json, bearer })
}

export const makeOrganization = async (suite: Suite, name = 'Acme Ltd'): Promise<MadeOrganization> =>
  expected(201, await send(suite, 'POST', '', { slug: `org-${randomUUID()}`, name }))

/** Tokens know of it, too, when it resolves. */
export const addMember = async (
  suite: Suite,
  { id }: MadeOrganization,
  userId: string,
  roles: readonly string[] = [],
): Promise<void> => {
  const { status, text } = await send(suite, 'PUT', `/${id}/members/${userId}`, { roles })
  if (status !== 204) throw new Error(text)
  await subjectsTold(suite)
}

/** Gives the link of the mail that arrives. */
export const inviteByMail = async (
  suite: Suite,
  { id }: MadeOrganization,
  email: string,
): Promise<{ url: URL; path: string; token: string }> => {
  expected(201, await send(suite, 'POST', `/${id}/invitations`, { email, locale: 'en' }))
  const url = await eventually(
    async () => {
      const links = (await mailsTo(suite, email)).flatMap(mail => mail.links)
      const link = links.find(each => each.includes('/invitations/accept?'))
      if (link === undefined) throw new Error(`no invitation to ${email} yet`)
      return new URL(link)
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  )
  return { url, path: `${url.pathname}${url.search}`, token: url.searchParams.get('token') ?? '' }
}
