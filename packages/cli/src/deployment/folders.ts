/**
 * Who gets what: a folder for each process, with the certificate and the secrets that it needs and no other.
 * Everything here follows from the kept secrets and from where the stores are, so it can be written again any time.
 */
import type { ProcessName } from '@latchkey/runtime/certificates'
import { schemaOf } from '@latchkey/runtime/migrate'
import { type DatabaseService, databaseServices } from '../services.ts'
import { passwordOf, type Secrets } from './kept-secrets.ts'

export interface Stores {
  /** `host:port` of the Postgres whose superuser's password is ours; used where `databaseAdminUrl` is not set. */
  readonly postgres: string
  readonly database: string
  /** `host:port` of the Redis whose password is ours; used where `redisUrl` is not set. */
  readonly redis: string
  /** A Postgres of somebody else's, with a user that may make roles. */
  readonly databaseAdminUrl?: string | undefined
  readonly redisUrl?: string | undefined
}

export interface Certificate {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export interface Folder {
  /** Postgres and Redis read theirs as users of their own; a volume of its own keeps it from everybody else. */
  readonly readers: 'owner' | 'anybody'
  /** By file name. */
  readonly files: Readonly<Record<string, string>>
}

/** Those that talk to each other; the mail worker talks to the stores and the mail server alone. */
export const services = [
  'gateway',
  'identity',
  'token',
  'session',
  'notification',
] as const satisfies readonly ProcessName[]

export type Service = (typeof services)[number]

export type FolderName = Service | 'notification-worker' | 'migrate' | 'admin' | 'postgres' | 'redis'

export const foldersOf = (
  secrets: Secrets,
  certificates: Readonly<Record<Service, Certificate>>,
  stores: Stores,
): Readonly<Record<FolderName, Folder>> => {
  const redisUrl = stores.redisUrl ?? `redis://:${secrets['redis-password']}@${stores.redis}/0`
  const adminUrl =
    stores.databaseAdminUrl ??
    `postgresql://postgres:${secrets['postgres-password']}@${stores.postgres}/${stores.database}`
  const databaseUrl = (service: DatabaseService): string =>
    asRole(adminUrl, schemaOf(service), secrets[passwordOf(service)])

  const redis = { 'redis-url': redisUrl }
  const database = (service: DatabaseService) => ({ 'database-url': databaseUrl(service) })
  const certificate = (service: Service) => ({
    'ca.crt': certificates[service].ca,
    'tls.crt': certificates[service].cert,
    'tls.key': certificates[service].key,
  })
  const forOwner = (files: Record<string, string>): Folder => ({ readers: 'owner', files })
  const mailSealingKey = { 'mail-sealing-key': secrets['mail-sealing-key'] }

  return {
    gateway: forOwner({ ...certificate('gateway'), ...redis }),
    identity: forOwner({
      ...certificate('identity'),
      ...redis,
      ...database('identity'),
      ...mailSealingKey,
      'factor-encryption-key': secrets['factor-encryption-key'],
    }),
    token: forOwner({
      ...certificate('token'),
      ...redis,
      ...database('token'),
      'key-encryption-key': secrets['key-encryption-key'],
      'admin-client-secret': secrets['admin-client-secret'],
    }),
    session: forOwner({ ...certificate('session'), ...redis, ...database('session') }),
    notification: forOwner({ ...certificate('notification'), ...redis, ...database('notification') }),
    'notification-worker': forOwner({ ...redis, ...database('notification'), ...mailSealingKey }),
    migrate: forOwner({
      'database-admin-url': adminUrl,
      ...Object.fromEntries(
        databaseServices.flatMap(service => [
          [`${service}-database-password`, secrets[passwordOf(service)]],
          [`${service}-database-url`, databaseUrl(service)],
        ]),
      ),
    }),
    admin: forOwner({ 'admin-client-secret': secrets['admin-client-secret'] }),
    postgres: { readers: 'anybody', files: { password: secrets['postgres-password'] } },
    redis: {
      readers: 'anybody',
      files: {
        password: secrets['redis-password'],
        'redis.conf': `requirepass ${secrets['redis-password']}\n`,
      },
    },
  }
}

/** The role that `latchkey provision` makes; its name is that of the schema. */
const asRole = (adminUrl: string, role: string, password: string): string => {
  const url = new URL(adminUrl)
  url.username = role
  url.password = password
  return url.href
}
