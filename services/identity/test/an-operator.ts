/** An operator's client at the admin API of identity. */
import { createUuid } from '@latchkey/runtime/ids'
import type { Answer, IdentityUnderTest } from './identity-under-test.ts'

export const anOperator = (
  identity: IdentityUnderTest,
  scopes: readonly string[] = ['admin:users:read', 'admin:users:write'],
) => {
  const bearer = `operator-${createUuid()}`
  identity.neighbours.token.operators.set(bearer, scopes)
  return (method: string, path: string, body?: unknown): Promise<Answer> =>
    identity.call(method, `/admin/api${path}`, { bearer, ...(body === undefined ? {} : { body }) })
}

export type Operator = ReturnType<typeof anOperator>
