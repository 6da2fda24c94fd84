/** The real composition of the identity service on real stores, and a gateway's view of it. */
import { randomBytes } from 'node:crypto'
import { loadTls } from '@latchkey/runtime/certificates'
import { createUuid } from '@latchkey/runtime/ids'
import { createInternalFetch } from '@latchkey/runtime/internal-http'
import { loadSettings } from '@latchkey/runtime/settings'
import { createKeptLog } from '@latchkey/service-testkit'
import { createTestTls, eventually, startRedis } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { compactDecrypt } from 'jose'
import { compose } from '../src/compose.ts'
import { identitySettings } from '../src/config.ts'
import { createIdentityDatabase } from './identity-database.ts'
import { publicUrl, startNeighbours } from './neighbours.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The JSON of the answer; `{}` where it is something else. */
  readonly body: Record<string, unknown>
  readonly text: string
}

export interface CallOptions {
  readonly body?: unknown
  readonly bearer?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is, whatever `body` says. */
  readonly raw?: string
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly now?: () => Date
}

export const goodPassword = 'Quiet-Harbour-42!'
export const otherPassword = 'Loud-Mountain-43?'

export const startIdentity = async ({ env = {}, now }: StartOptions = {}) => {
  const [database, redisServer, testTls] = await Promise.all([
    createIdentityDatabase(),
    startRedis(),
    createTestTls(),
  ])
  const neighbours = await startNeighbours(testTls)
  const files = await testTls.issue('identity')
  const sealingKey = randomBytes(32)
  const { lines: logLines, loggerOf } = createKeptLog()
  const settings = loadSettings(identitySettings, {
    BIND_ADDRESS: '127.0.0.1',
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    MANAGEMENT_PORT: '0',
    SHUTDOWN_TIMEOUT_SECONDS: '2',
    TLS_CA_FILE: files.caFile,
    TLS_CERT_FILE: files.certFile,
    TLS_KEY_FILE: files.keyFile,
    DATABASE_URL: database.url,
    DATABASE_POOL_MIN_SIZE: '0',
    DATABASE_POOL_TIMEOUT: '10',
    REDIS_URL: redisServer.url,
    PUBLIC_URL: publicUrl,
    FACTOR_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    // Everybody in a test comes from one address.
    MAILS_PER_ADDRESS_PER_HOUR: '100000',
    MAILS_PER_NETWORK_PER_HOUR: '100000',
    MAIL_SEALING_KEY: sealingKey.toString('base64'),
    ...neighbours.env,
    ...env,
  })
  const service = await compose(settings, loggerOf('identity'), now)
  const gateway = createInternalFetch({
    tls: await loadTls(await testTls.issue('gateway')),
    serverName: 'identity',
  })
  const redis = new Redis(redisServer.url, { lazyConnect: true })
  redis.on('error', () => undefined)

  const call = async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const { bearer, headers = {}, raw } = options
    const body = raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
    const response = await gateway.fetch(`https://127.0.0.1:${service.ports.http}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'x-forwarded-for': '203.0.113.7',
        'user-agent': 'test-agent',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: new Headers([...response.headers]),
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
      text,
    }
  }

  const register = async (differences: Readonly<Record<string, unknown>> = {}) => {
    const email = `user-${createUuid()}@example.com`
    const input = { email, password: goodPassword, name: 'Jo Doe', ...differences }
    const answer = await call('POST', '/auth/register', { body: input })
    if (answer.status !== 201) throw new Error(`registration answered ${answer.status}: ${answer.text}`)
    const user = answer.body.user as { id: string; email: string }
    const bearer = String(answer.body.access_token)
    return { ...input, email: String(input.email), id: user.id, bearer, cookie: cookieOf(answer), answer }
  }

  const login = (email: string, password: string, options: CallOptions = {}) =>
    call('POST', '/auth/login', { body: { email, password }, ...options })

  /** What the worker would put into the mail. */
  const unseal = async (sealedData: string): Promise<Record<string, string>> => {
    const { plaintext } = await compactDecrypt(sealedData, sealingKey)
    return JSON.parse(new TextDecoder().decode(plaintext)) as Record<string, string>
  }

  /** The newest mail of a template to an address, opened, once there are `count` of them. */
  const mailTo = (recipient: string, template: string, count = 1) =>
    eventually(async () => {
      const found = neighbours.notification.messages.filter(
        message => message.recipient === recipient && message.template === template,
      )
      const mail = found.at(-1)
      if (mail === undefined || found.length < count) throw new Error(`no ${template} to ${recipient} yet`)
      const { token = '', code = '' } = mail.sealedData === '' ? {} : await unseal(mail.sealedData)
      return { mail, token, code, count: found.length }
    })

  const pendingOutbox = async (): Promise<number> => {
    const { rows } = await database.pool.query('SELECT count(*) FROM outbox WHERE relayed_at IS NULL')
    return Number(rows[0]?.count)
  }
  /** Until everything that was asked for has been handed over. */
  const relayed = () =>
    eventually(async () => {
      if ((await pendingOutbox()) > 0) throw new Error('the outbox is not empty')
    })

  /** What was handed over is handed over once more, as after a crash. */
  const relayAgain = async (kind: string, key: string) => {
    await database.pool.query(
      'UPDATE outbox SET relayed_at = NULL, next_attempt_at = now() WHERE kind = $1 AND key = $2',
      [kind, key],
    )
    await relayed()
  }

  return {
    ...service,
    mailTo,
    relayed,
    relayAgain,
    call,
    register,
    login,
    unseal,
    neighbours,
    database,
    redis,
    redisServer,
    logLines,
    close: async () => {
      redis.disconnect()
      await gateway.close()
      await service.close()
      await neighbours.close()
      await redisServer.close()
      await database.drop()
      await testTls.remove()
    },
  }
}

export type IdentityUnderTest = Awaited<ReturnType<typeof startIdentity>>

/** The device cookie of an answer, as a browser would send it back. */
export const cookieOf = ({ headers }: Answer): string => headers.getSetCookie()[0]?.split(';')[0] ?? ''

/** The codes of a problem's errors, by field. */
export const errorsOf = ({ body }: Answer): string[] =>
  ((body.errors ?? []) as { field: string; code: string }[]).map(({ field, code }) => `${field}: ${code}`)
