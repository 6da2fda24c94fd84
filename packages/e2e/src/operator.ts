/** The operator of the suite: makes clients and scopes by the admin API, as `latchkey admin` does. */
import { randomUUID } from 'node:crypto'
import { type Answer, call } from './call.ts'
import { expected } from './person.ts'
import type { Suite } from './suite.ts'

export interface MadeClient {
  readonly client_id: string
  readonly client_secret: string
}

/** `POST` of a form by a confidential client. @see RFC 6749 §2.3.1 */
export const postForm = (
  suite: Pick<Suite, 'gateway'>,
  path: string,
  { client_id, client_secret }: MadeClient,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> => {
  const encoded = [client_id, client_secret].map(encodeURIComponent).join(':')
  return call(suite.gateway, 'POST', path, {
    body: new URLSearchParams(fields).toString(),
    headers: {
      Authorization: `Basic ${Buffer.from(encoded).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
  })
}

export const createOperator = async (suite: Suite) => {
  const scope = 'admin:clients:write admin:scopes:write'
  const fields = { grant_type: 'client_credentials', scope }
  const { access_token: bearer } = expected<{ access_token: string }>(
    200,
    await postForm(suite, '/oauth/token', suite.admin, fields),
  )
  return {
    makeClient: async (members: Readonly<Record<string, unknown>>): Promise<MadeClient> => {
      const json = { name: `Client ${randomUUID()}`, client_type: 'confidential', ...members }
      return expected(201, await call(suite.gateway, 'POST', '/admin/api/clients', { json, bearer }))
    },
    /** A scope that nobody else has. */
    makeScope: async (): Promise<string> => {
      const json = { name: `scope-${randomUUID()}` }
      expected(201, await call(suite.gateway, 'POST', '/admin/api/scopes', { json, bearer }))
      return json.name
    },
  }
}

export type Operator = Awaited<ReturnType<typeof createOperator>>
