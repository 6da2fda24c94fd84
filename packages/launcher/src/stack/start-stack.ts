/**
 * The whole suite on one machine, in order: stores, schemas, mailbox, services, who may use it, stack.json. What was
 * started is stopped in the opposite order, also when a later step fails.
 */
import { join } from 'node:path'
import { writeDevelopmentCertificates } from '@latchkey/runtime/certificates'
import type { Environment } from '@latchkey/runtime/settings'
import { type LauncherConfig, loadLauncherConfig } from '../config.ts'
import { startDemoProvider } from '../demo-provider/index.ts'
import { upstreamUser } from '../demo-provider/setup.ts'
import { startMailbox } from '../mailbox/index.ts'
import type { SupervisedProcess } from '../processes/index.ts'
import { demoProviderClientId } from './demo.ts'
import { type Foundation, layFoundation } from './foundation.ts'
import { claimPort, gatewayUrl } from './gateway-address.ts'
import { planProcess } from './plan.ts'
import { planReplicas, type ReplicaCounts } from './replicas.ts'
import { seedSuite } from './seed.ts'
import { services } from './services.ts'
import { createStackFile } from './stack-file.ts'
import type { StackInfo } from './stack-info.ts'
import { startStores } from './stores.ts'
import { whenHealthy } from './suite-health.ts'
import { createSupervisor } from './supervisor.ts'

export interface StackOptions {
  /** LATCHKEY_DATA_DIR by default. */
  readonly dataDir?: string
  /** PORT by default; 0 takes a free one. */
  readonly port?: number
  /** Settings of the launcher and of all services. */
  readonly env: Environment
  /** How many processes of a service; one of each by default. */
  readonly replicas?: ReplicaCounts
  /** Forgets what earlier starts kept. */
  readonly fresh?: boolean
  /** Takes readable lines for a terminal. */
  readonly print?: (line: string) => void
  readonly colored?: boolean
  /** Gives up starting; what had started is stopped. */
  readonly signal?: AbortSignal
}

export interface Stack {
  /** As in stack.json, with the pids of now. */
  readonly info: () => StackInfo
  /** By name: `gateway`, `token`, `token-2` …, and `postgres`, `redis` when they are ours. */
  readonly processes: Readonly<Record<string, SupervisedProcess>>
  /** What runs Postgres and Redis, in words. */
  readonly stores: readonly string[]
  readonly stop: () => Promise<void>
}

/** @throws StartRefused, ProviderUnavailable, StartFailed, SettingsRefused or SettingsError, each with a message for people */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const config = loadLauncherConfig(options.env)
  const foundation = await layFoundation({
    config,
    dataDir: options.dataDir ?? config.LATCHKEY_DATA_DIR,
    fresh: options.fresh ?? false,
    print: options.print,
    colored: options.colored ?? false,
  })
  try {
    return await startOn(foundation, config, options)
  } catch (error) {
    await foundation.closing.close()
    throw error
  }
}

const startOn = async (
  foundation: Foundation,
  config: LauncherConfig,
  options: StackOptions,
): Promise<Stack> => {
  const { folder, secrets, book, journal, closing } = foundation
  const wantedPort = options.port ?? config.PORT
  const port = wantedPort === 0 ? await book.take('gateway') : wantedPort
  await claimPort(port, config.BIND_ADDRESS, foundation.abandoned)
  const gateway = gatewayUrl(port, config.BIND_ADDRESS, options.env)
  const publicUrl = config.PUBLIC_URL ?? gateway

  const stackFile = createStackFile(folder)
  const supervisor = createSupervisor(closing, { ...journal.events, onPid: stackFile.setPid }, options.signal)
  const stores = await startStores({
    config,
    dataDir: folder.path,
    path: options.env.PATH ?? '',
    secrets,
    book,
    supervisor,
    logger: journal.logger,
  })
  const mailbox = await startMailbox({
    webPort: config.MAILBOX_PORT === 0 ? await book.take('mailbox') : config.MAILBOX_PORT,
    smtpPort: await book.take('smtp'),
  })
  closing.add('mailbox', mailbox.close)
  const demoProvider = await startDemoProvider({
    port: await book.take('demo provider'),
    client: {
      id: demoProviderClientId,
      secret: secrets.demoProviderSecret,
      redirectUri: `${publicUrl}/auth/oauth/demo/callback`,
    },
    onLine: line => journal.events.onLine('demo-provider', line),
  })
  closing.add('demo provider', demoProvider.close)

  const replicas = await planReplicas(options.replicas ?? {}, port, book)
  await book.save()
  const environment = {
    given: options.env,
    replicas,
    publicUrl,
    bindAddress: config.BIND_ADDRESS,
    databaseUrls: stores.databaseUrls,
    redisUrl: stores.redisUrl,
    smtpUrl: mailbox.smtpUrl,
    demoIssuer: demoProvider.issuer,
    certificates: await writeDevelopmentCertificates(
      folder.at('certificates'),
      services.map(({ name }) => name),
    ),
    secrets,
    compileCache: join(folder.at('cache'), 'compiled'),
  }
  // What closes first is opened last: callers close before those whom they call.
  await supervisor.startAll(replicas.toReversed().map(replica => planProcess(replica, environment)))

  if (!(await whenHealthy(gateway)))
    journal.logger.warn(`not everything works yet: see ${gateway}/auth/health`)

  const { admin, demo } = await seedSuite({ gateway, config, secrets, logger: journal.logger })
  closing.add('stack.json', stackFile.remove)
  await stackFile.publish({
    gateway,
    issuer: publicUrl,
    mailbox: mailbox.url,
    metrics: `${gateway}/metrics`,
    database_url: stores.adminUrl,
    redis_url: stores.redisUrl,
    launcher_pid: process.pid,
    admin,
    demo: {
      ...demo,
      provider: { name: 'demo', issuer: demoProvider.issuer, user: { email: upstreamUser.email } },
    },
  })
  return {
    info: stackFile.info,
    processes: supervisor.processes,
    stores: stores.descriptions,
    stop: closing.close,
  }
}
