/** The real service and its real worker on real stores, with the SMTP server of a test at the end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createNotificationClient, type SendMessageRequest, toTimestamp } from '@latchkey/contracts'
import { loadTls } from '@latchkey/runtime/certificates'
import { createUuid } from '@latchkey/runtime/ids'
import { loadSettings } from '@latchkey/runtime/settings'
import { createKeptLog } from '@latchkey/service-testkit'
import { createTestTls, startRedis } from '@latchkey/testkit'
import { CompactEncrypt } from 'jose'
import { compose } from '../src/compose.ts'
import { composeWorker } from '../src/compose-worker.ts'
import { serviceSettings, workerSettings } from '../src/config.ts'
import { startMailServer } from './mail-server.ts'
import { createNotificationDatabase } from './notification-database.ts'

type Environment = Readonly<Record<string, string>>

const program = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

export const startNotificationUnderTest = async (overrides: Environment = {}) => {
  const [database, redis, mailServer, tls] = await Promise.all([
    createNotificationDatabase(),
    startRedis({ appendOnly: true }),
    startMailServer(),
    createTestTls(),
  ])
  const [own, callers] = await Promise.all([tls.issue('notification'), tls.issue('identity')])
  const sealingKey = randomBytes(32)
  const env: Environment = {
    BIND_ADDRESS: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    GRPC_PORT: '0',
    SHUTDOWN_TIMEOUT_SECONDS: '5',
    TLS_CA_FILE: own.caFile,
    TLS_CERT_FILE: own.certFile,
    TLS_KEY_FILE: own.keyFile,
    DATABASE_URL: database.url,
    DATABASE_POOL_MIN_SIZE: '0',
    DATABASE_POOL_TIMEOUT: '10',
    REDIS_URL: redis.url,
    PUBLIC_URL: 'https://auth.example.com',
    SMTP_URL: mailServer.url,
    SMTP_TIMEOUT_SECONDS: '5',
    MAIL_RETRY_SECONDS: '1',
    MAIL_SEALING_KEY: sealingKey.toString('base64'),
    ...overrides,
  }
  const { lines: logs, loggerOf } = createKeptLog()

  const closing: (() => unknown)[] = []
  const service = await compose(loadSettings(serviceSettings, env), loggerOf('notification'))
  /** A client with the certificate of another service; it is closed with the rest. */
  const clientOf = async (caller: string) => {
    const client = createNotificationClient({
      target: `dns:///127.0.0.1:${service.ports.grpc}`,
      tls: await loadTls(await tls.issue(caller)),
      // A burst on a busy machine takes its time; the tests are about what arrives.
      deadlineMs: 20_000,
    })
    closing.push(client.close)
    return client
  }
  const client = await clientOf('identity')

  /** A worker in this process; it is closed with the rest. */
  const startWorker = async (more: Environment = {}) => {
    const worker = await composeWorker(
      loadSettings(workerSettings, { ...env, ...more }),
      loggerOf('notification-worker'),
    )
    closing.push(worker.close)
    return worker
  }

  /** A process of its own, started as in production. */
  const spawnProgram = async (file: string, more: Environment = {}): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['--import=@latchkey/runtime/telemetry', program(file)], {
      cwd: root,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const started = new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (lines: Buffer) => {
        logs.push(lines.toString())
        if (lines.toString().includes('"started"')) resolve()
      })
      child.once('exit', code => reject(new Error(`the worker exited with ${code}`)))
    })
    closing.push(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    await started
    return child
  }

  const seal = (secrets: Record<string, string>, key: Uint8Array = sealingKey): Promise<string> =>
    new CompactEncrypt(new TextEncoder().encode(JSON.stringify(secrets)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(key)

  /** Asks for a reset mail; gives what was asked. */
  const sendReset = async (overrides: SendMessageRequest & { token?: string } = {}) => {
    const { token = randomBytes(32).toString('base64url'), ...rest } = overrides
    const request = {
      messageId: createUuid(),
      template: 'password_reset',
      recipient: 'ada@example.com',
      locale: 'en',
      data: {},
      sealedData: await seal({ token }),
      expiresAt: toTimestamp(new Date(Date.now() + 3_600_000)),
      ...rest,
    } satisfies SendMessageRequest
    await client.sendMessage(request)
    return { ...request, token }
  }

  const scrape = async (port: number, path = '/metrics') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, body: await response.text() }
  }

  return {
    database,
    prisma: database.prisma,
    pool: database.pool,
    redis,
    mailServer,
    service,
    client,
    clientOf,
    logs,
    startWorker,
    spawnProgram,
    /** A worker to be killed. */
    spawnWorker: (more?: Environment) => spawnProgram('worker.ts', more),
    callers,
    seal,
    sendReset,
    findDelivery: (messageId: string) =>
      database.prisma.delivery.findFirstOrThrow({ where: { messageId }, include: { message: true } }),
    /** The sweeper looks at a delivery 20 s after its last change: as if they had passed. */
    letSweeperLook: () => database.pool.query('UPDATE deliveries SET next_check_at = now()'),
    scrape,
    /** The value of a metric of the service that has one value only. */
    metricOf: async (name: string): Promise<number> => {
      const { body } = await scrape(service.ports.management)
      return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(body)?.[1])
    },
    close: async () => {
      for (const close of closing.reverse()) await close()
      await service.close()
      await mailServer.close()
      await redis.close()
      await database.drop()
      await tls.remove()
    },
  }
}

export type NotificationUnderTest = Awaited<ReturnType<typeof startNotificationUnderTest>>
