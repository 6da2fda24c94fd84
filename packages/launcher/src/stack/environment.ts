/**
 * The environment of each process: what the user set, what a development machine needs besides, and what only the
 * launcher knows. A secret goes to the process that needs it and to no other.
 */
import type { TlsFiles } from '@latchkey/runtime/certificates'
import type { Environment } from '@latchkey/runtime/settings'
import { demoProviderClientId, demoRedirectUris } from './demo.ts'
import { grpcTarget, internalUrls, metricsUrl, type Replica } from './replicas.ts'
import type { Secrets } from './secrets.ts'
import type { DatabaseService, ServiceName } from './services.ts'

export interface EnvironmentInit {
  /** What the user set. */
  readonly given: Environment
  readonly replicas: readonly Replica[]
  readonly publicUrl: string
  readonly bindAddress: string
  readonly databaseUrls: Readonly<Record<DatabaseService, string>>
  readonly redisUrl: string
  readonly smtpUrl: string
  /** The issuer of the demo provider. */
  readonly demoIssuer: string
  readonly certificates: Readonly<Record<ServiceName, TlsFiles>>
  readonly secrets: Secrets
  readonly compileCache: string
}

export const environmentOf = (replica: Replica, init: EnvironmentInit): Environment => {
  const { service } = replica
  const own = {
    ...fixedFor(replica, init),
    ...(service.database === undefined ? {} : { DATABASE_URL: init.databaseUrls[service.database] }),
  }
  const given = withoutLaunchersOwn(init.given)
  return { ...given, ...defaultsFor(service.name, given, init), ...withoutFiles(given, own), ...own }
}

/** Addresses and certificates: nothing that a user can know better. */
const fixedFor = ({ service, ports }: Replica, init: EnvironmentInit): Record<string, string> => {
  const { replicas } = init
  const tls = init.certificates[service.name]
  const tokenUrls = internalUrls(replicas, 'token')
  return {
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    BIND_ADDRESS: service.name === 'gateway' ? init.bindAddress : '127.0.0.1',
    PUBLIC_URL: init.publicUrl,
    REDIS_URL: init.redisUrl,
    TLS_CA_FILE: tls.caFile,
    TLS_CERT_FILE: tls.certFile,
    TLS_KEY_FILE: tls.keyFile,
    IDENTITY_URL: internalUrls(replicas, 'identity').join(','),
    // Only the gateway spreads requests; the others read the key set, which every replica serves.
    TOKEN_URL: service.name === 'gateway' ? tokenUrls.join(',') : (tokenUrls[0] ?? ''),
    SESSION_URL: internalUrls(replicas, 'session').join(','),
    IDENTITY_GRPC: grpcTarget(replicas, 'identity'),
    TOKEN_GRPC: grpcTarget(replicas, 'token'),
    SESSION_GRPC: grpcTarget(replicas, 'session'),
    NOTIFICATION_GRPC: grpcTarget(replicas, 'notification'),
  }
}

/** Development settings, each of which the user's own goes before. */
const defaultsFor = (
  name: ServiceName,
  given: Environment,
  init: EnvironmentInit,
): Record<string, string> => {
  const isSet = (setting: string): boolean => Boolean(given[setting] || given[`${setting}_FILE`])
  const needed: Record<string, string> = {
    NODE_COMPILE_CACHE: init.compileCache,
    // glibc gives each thread an arena of its own and hardly ever gives one back: 75 MB of seven idle processes.
    MALLOC_ARENA_MAX: '2',
  }
  if (name === 'gateway') {
    needed.METRICS_PUBLIC = 'true'
    needed.METRICS_SOURCES = init.replicas
      .filter(({ service }) => service.name !== 'gateway')
      .map(metricsUrl)
      .join(',')
  }
  if (name === 'token') {
    needed.KEY_ENCRYPTION_KEY = init.secrets.keyEncryptionKey
    // Clients under development are on this machine, and have no certificate.
    needed.OUTBOUND_ALLOWED_NETWORKS = '127.0.0.0/8,::1'
    needed.ADMIN_CLIENT_SECRET = init.secrets.adminClientSecret
    needed.REGISTRATION_ACCESS = 'open'
  }
  if (name === 'identity') {
    // The demo provider is on this machine, and has no certificate.
    needed.OUTBOUND_ALLOWED_NETWORKS = '127.0.0.0/8,::1'
    needed.SOCIAL_REDIRECT_URIS = demoRedirectUris.join(',')
    needed.OIDC_PROVIDERS = JSON.stringify([demoProvider(init)])
    needed.FACTOR_ENCRYPTION_KEY = init.secrets.factorEncryptionKey
    // Everybody under development comes from this machine.
    needed.EMAIL_SIGN_IN = 'both'
    needed.MAILS_PER_ADDRESS_PER_HOUR = '100000'
    needed.MAILS_PER_NETWORK_PER_HOUR = '100000'
  }
  if (name === 'identity' || name === 'notification-worker')
    needed.MAIL_SEALING_KEY = init.secrets.mailSealingKey
  if (name === 'notification-worker' && !isSet('SMTP_HOST')) needed.SMTP_URL = init.smtpUrl
  return Object.fromEntries(Object.entries(needed).filter(([setting]) => !isSet(setting)))
}

/** As `OIDC_PROVIDERS` has it. */
const demoProvider = ({ demoIssuer, secrets }: EnvironmentInit) => ({
  name: 'demo',
  display_name: 'Demo provider',
  issuer: demoIssuer,
  client_id: demoProviderClientId,
  client_secret: secrets.demoProviderSecret,
})

/** npm's own variables and the launcher's are nobody else's business; the stores' URLs are replaced by each role's. */
const withoutLaunchersOwn = (given: Environment): Environment =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([name]) => !/^(npm_|INIT_CWD$|LATCHKEY_DATA_DIR$|MAILBOX_PORT$|DATABASE_URL|REDIS_URL)/.test(name),
    ),
  )

/** A file that names a secret which we set as text would set it twice. */
const withoutFiles = (given: Environment, own: Record<string, string>): Environment =>
  Object.fromEntries(
    Object.keys(own).flatMap(name =>
      given[`${name}_FILE`] === undefined ? [] : [[`${name}_FILE`, undefined]],
    ),
  )
