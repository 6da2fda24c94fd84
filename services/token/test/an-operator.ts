/** Somebody at the admin API: the admin client's token, and calls with it. */
import { randomBytes } from 'node:crypto'
import type { startTokenSuite } from './token-under-test.ts'

type Replica = Awaited<ReturnType<Awaited<ReturnType<typeof startTokenSuite>>['startReplica']>>

export const adminSecret = randomBytes(32).toString('base64url')

/** What a replica must be started with. */
export const adminSettings = { ADMIN_CLIENT_SECRET: adminSecret }

export const tokenOf = async (
  replica: Replica,
  { id = 'admin', secret = adminSecret, scope = '' }: { id?: string; secret?: string; scope?: string } = {},
): Promise<string> => {
  const { status, body } = await replica.postForm(
    '/oauth/token',
    { grant_type: 'client_credentials', scope },
    { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
  )
  if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(body)}`)
  return String(body.access_token)
}

const allScopes = [
  'admin:clients:read',
  'admin:clients:write',
  'admin:scopes:read',
  'admin:scopes:write',
].join(' ')

export const anOperator = async (replica: Replica) => {
  const bearer = await tokenOf(replica, { scope: allScopes })
  return {
    bearer,
    send: (method: string, path: string, json?: unknown) => replica.send(method, path, { json, bearer }),
  }
}

export type Operator = Awaited<ReturnType<typeof anOperator>>
