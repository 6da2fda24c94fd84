/** Who may use a new suite: two users and a client, each made as anybody makes one, or found to be there already. */
import type { Logger } from '@latchkey/runtime/logger'
import type { LauncherConfig } from '../config.ts'
import { demoRedirectUris as redirectUris } from './demo.ts'
import type { Secrets } from './secrets.ts'
import { type SeedRequest, seedRequest } from './seed-request.ts'
import type { ClientCredentials, Login, StackInfo } from './stack-info.ts'

export interface SeedInit {
  readonly gateway: string
  readonly config: Pick<LauncherConfig, 'ADMIN_CLIENT_ID' | 'ADMIN_CLIENT_SECRET'>
  readonly secrets: Secrets
  readonly logger: Pick<Logger, 'warn'>
}

/** Tells in the log what could not be made, and gives the credentials all the same. */
export const seedSuite = async (
  init: SeedInit,
): Promise<Pick<StackInfo, 'admin'> & { demo: Omit<StackInfo['demo'], 'provider'> }> => {
  const { gateway, config, secrets, logger } = init
  const administrator = { email: 'admin@example.com', password: secrets.adminPassword }
  const user = { email: 'demo@example.com', password: secrets.demoPassword }
  const admin = {
    client_id: config.ADMIN_CLIENT_ID,
    client_secret: config.ADMIN_CLIENT_SECRET ?? secrets.adminClientSecret,
  }
  const demo = { client_id: 'demo', client_secret: secrets.demoClientSecret }
  const attempt = (what: string, work: Promise<void>): Promise<void> =>
    work.catch(error => logger.warn({ error }, `no ${what}`))
  await Promise.all([
    attempt('admin user', seedUser(gateway, { ...administrator, name: 'Admin' })),
    attempt('demo user', seedUser(gateway, { ...user, name: 'Demo User' })),
    attempt('demo client', seedClient(gateway, admin, demo)),
  ])
  return { admin: { ...administrator, ...admin }, demo: { ...demo, redirect_uris: redirectUris, user } }
}

/** @throws Error with the gateway's answer when it is none of `statuses` */
const post = async (gateway: string, request: SeedRequest, statuses: readonly number[]): Promise<string> => {
  const { status, text } = await seedRequest(gateway, request)
  if (statuses.includes(status)) return text
  throw new Error(`${request.path} answered ${status}: ${text}`)
}

const json = (path: string, value: object, headers = {}): SeedRequest => ({
  path,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

const madeOrThere = [201, 409]

const seedUser = async (gateway: string, user: Login & { readonly name: string }): Promise<void> => {
  await post(gateway, json('/auth/register', user), madeOrThere)
}

const seedClient = async (
  gateway: string,
  admin: ClientCredentials,
  demo: ClientCredentials,
): Promise<void> => {
  const basic = Buffer.from(`${admin.client_id}:${admin.client_secret}`).toString('base64')
  const answer = await post(
    gateway,
    {
      path: '/oauth/token',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `Basic ${basic}`,
      },
      body: 'grant_type=client_credentials&scope=admin:clients:write',
    },
    [200],
  )
  const { access_token: token }: { access_token: string } = JSON.parse(answer)
  const client = {
    ...demo,
    name: 'Demo application',
    client_type: 'confidential',
    redirect_uris: redirectUris,
    post_logout_redirect_uris: ['http://127.0.0.1/', 'http://localhost:3000/'],
    grant_types: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    scope: 'openid profile email offline_access',
    cors_origins: ['http://localhost:3000'],
  }
  await post(gateway, json('/admin/api/clients', client, { Authorization: `Bearer ${token}` }), madeOrThere)
}
