/**
 * Who may use a new suite: two users and a client, made as an operator makes them, whatever registration asks of others
 * (REGISTRATION_PRIVACY, REQUIRE_EMAIL_VERIFICATION), or found to be there already.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { LauncherConfig } from '../config.ts'
import { demoRedirectUris as redirectUris } from './demo.ts'
import type { Secrets } from './secrets.ts'
import { type SeedRequest, seedRequest } from './seed-request.ts'
import type { ClientCredentials, StackInfo } from './stack-info.ts'

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
  const seedAll = async (): Promise<void> => {
    const make = makerOf(gateway, await adminToken(gateway, admin))
    await Promise.all([
      attempt(
        'admin user',
        make('/admin/api/users', { ...administrator, name: 'Admin', email_verified: true }),
      ),
      attempt('demo user', make('/admin/api/users', { ...user, name: 'Demo User', email_verified: true })),
      attempt('demo client', make('/admin/api/clients', { ...demo, ...demoApplication })),
    ])
  }
  await attempt('demo users, no demo client', seedAll())
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

/** Gives what makes one thing by the admin API, unless it is there. */
const makerOf =
  (gateway: string, token: string) =>
  async (path: string, value: object): Promise<void> => {
    await post(gateway, json(path, value, { Authorization: `Bearer ${token}` }), madeOrThere)
  }

const adminToken = async (
  gateway: string,
  { client_id, client_secret }: ClientCredentials,
): Promise<string> => {
  const answer = await post(
    gateway,
    {
      path: '/oauth/token',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
      },
      body: 'grant_type=client_credentials&scope=admin:clients:write%20admin:users:write',
    },
    [200],
  )
  const { access_token: token }: { access_token: string } = JSON.parse(answer)
  return token
}

const demoApplication = {
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
