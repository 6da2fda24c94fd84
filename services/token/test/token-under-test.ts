/** The real composition on real stores, with a session service in memory over real gRPC. */
import { randomBytes } from 'node:crypto'
import {
  bindSessionService,
  createTokenClient,
  type EndReason__Output,
  toTimestamp,
} from '@latchkey/contracts'
import { publishTo } from '@latchkey/outbox'
import { loadTls } from '@latchkey/runtime/certificates'
import { RpcError, startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createUuid } from '@latchkey/runtime/ids'
import { createInternalFetch } from '@latchkey/runtime/internal-http'
import { createRedis, whenReady } from '@latchkey/runtime/redis'
import { loadSettings } from '@latchkey/runtime/settings'
import { quietLogger } from '@latchkey/service-testkit'
import { createTestTls, startRedis } from '@latchkey/testkit'
import { compose } from '../src/compose.ts'
import { tokenSettings } from '../src/config.ts'
import { aSubject } from './a-subject.ts'
import { createTokenDatabase } from './token-database.ts'

export const issuer = 'https://id.example/base'

/** Sessions that a test can end, and what the token service said about them. */
const startSessionService = async (tls: Awaited<ReturnType<typeof loadTls>>) => {
  const state = { away: false }
  const ended = new Map<string, EndReason__Output>()
  /** Live, and not used for their time. */
  const expired = new Set<string>()
  const activities: { sessionId: string; ipAddress: string }[] = []
  const refuse = async () => {
    throw new RpcError('NOT_HERE', 'UNIMPLEMENTED', 'not part of this test')
  }
  const server = await startGrpcServer({
    services: [
      bindSessionService({
        createSession: refuse,
        endUserSessions: refuse,
        listSessions: refuse,
        confirmSession: refuse,
        listTerminations: refuse,
        listKnownAddresses: refuse,
        getSession: async ({ sessionId }) => {
          if (state.away) throw new RpcError('AWAY', 'UNAVAILABLE', 'away for this test')
          return {
            state: ended.has(sessionId) ? 'SESSION_STATE_ENDED' : 'SESSION_STATE_LIVE',
            expired: expired.has(sessionId),
          }
        },
        recordActivity: async request => {
          activities.push(...request.activities)
          return {}
        },
        endSession: async ({ sessionId, reason }) => {
          if (state.away) throw new RpcError('AWAY', 'UNAVAILABLE', 'away for this test')
          ended.set(sessionId, reason)
          return {}
        },
      }),
    ],
    port: 0,
    host: '127.0.0.1',
    tls,
    allowedCallers: ['token'],
    health: createHealth({}),
    logger: quietLogger,
  })
  return Object.assign(state, {
    ended,
    expired,
    activities,
    port: server.port,
    close: () => server.close(500),
  })
}

export const startTokenSuite = async () => {
  const [database, redis, testTls] = await Promise.all([createTokenDatabase(), startRedis(), createTestTls()])
  const tlsOf = async (name: string) => loadTls(await testTls.issue(name))
  const sessionService = await startSessionService(await tlsOf('session'))
  const ownFiles = await testTls.issue('token')
  const [gatewayTls, identityTls] = [await tlsOf('gateway'), await tlsOf('identity')]
  const keyEncryptionKey = randomBytes(32).toString('base64')

  const settingsOf = (env: Record<string, string> = {}) =>
    loadSettings(tokenSettings, {
      PUBLIC_URL: issuer,
      DATABASE_URL: database.url,
      DATABASE_POOL_TIMEOUT: '10',
      REDIS_URL: redis.url,
      SESSION_GRPC: `dns:///127.0.0.1:${sessionService.port}`,
      KEY_ENCRYPTION_KEY: keyEncryptionKey,
      TLS_CA_FILE: ownFiles.caFile,
      TLS_CERT_FILE: ownFiles.certFile,
      TLS_KEY_FILE: ownFiles.keyFile,
      BIND_ADDRESS: '127.0.0.1',
      HTTP_PORT: '0',
      GRPC_PORT: '0',
      MANAGEMENT_PORT: '0',
      SHUTDOWN_TIMEOUT_SECONDS: '2',
      ...env,
    })

  const startReplica = async (env: Record<string, string> = {}, logger = quietLogger) => {
    const service = await compose(settingsOf(env), logger)
    const internal = createInternalFetch({ tls: gatewayTls, serverName: 'token' })
    const client = createTokenClient({
      target: `dns:///127.0.0.1:${service.ports.grpc}`,
      tls: identityTls,
      deadlineMs: 15_000,
    })

    const get = (path: string, headers: Record<string, string> = {}) =>
      internal.fetch(`https://127.0.0.1:${service.ports.http}${path}`, { headers, redirect: 'manual' })
    const post = (path: string, body: string, headers: Record<string, string> = {}) =>
      internal.fetch(`https://127.0.0.1:${service.ports.http}${path}`, {
        method: 'POST',
        redirect: 'manual',
        body,
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.7', ...headers },
      })
    /** As a client sends it: a form, in the given order; a list sends its parameter more than once. */
    const postForm = async (
      path: string,
      parameters: Readonly<Record<string, string | readonly string[]>>,
      headers: Record<string, string> = {},
    ) => {
      const form = new URLSearchParams(
        Object.entries(parameters).flatMap(([name, value]) =>
          [value].flat().map((each): [string, string] => [name, each]),
        ),
      )
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const response = await post(path, form.toString(), { ...type, ...headers })
      const text = await response.text()
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
      return { status: response.status, headers: response.headers, body }
    }
    /** A JSON call of any method; the body is undefined where there is none. */
    const send = async (
      method: string,
      path: string,
      {
        json,
        bearer,
        headers = {},
      }: { json?: unknown; bearer?: string; headers?: Record<string, string> } = {},
    ) => {
      const response = await internal.fetch(`https://127.0.0.1:${service.ports.http}${path}`, {
        method,
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        headers: {
          'x-forwarded-for': '192.0.2.7',
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...headers,
        },
      })
      const text = await response.text()
      const body = (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> | undefined
      return { status: response.status, headers: response.headers, body }
    }
    const refresh = async (refreshToken: string) => {
      const response = await post('/auth/refresh', JSON.stringify({ refresh_token: refreshToken }))
      const body = (await response.json()) as Record<string, unknown>
      return { status: response.status, headers: response.headers, body }
    }
    const ready = async () => {
      const response = await fetch(`http://127.0.0.1:${service.ports.management}/readyz?verbose`)
      return { status: response.status, body: await response.json() }
    }
    const close = async () => {
      client.close()
      await internal.close()
      await service.close()
    }
    return { ...service, client, get, post, postForm, send, refresh, ready, close }
  }

  /** What identity does at a sign-in. */
  const signIn = async (
    replica: { client: ReturnType<typeof createTokenClient> },
    { endsInSeconds = 2_592_000, userId = createUuid() } = {},
  ) => {
    const sessionId = createUuid()
    const tokens = await replica.client.issueTokens({
      subject: aSubject({ userId, emailVerified: false }),
      sessionId,
      sessionEndsAt: toTimestamp(new Date(Date.now() + endsInSeconds * 1000)),
      authenticatedAt: toTimestamp(new Date()),
      authenticationMethods: ['pwd'],
    })
    return { ...tokens, sessionId, userId }
  }

  const publishSessionEvent = async (event: Record<string, string>) => {
    const publisher = createRedis({ url: redis.url, name: 'test-session', logger: quietLogger })
    await whenReady(publisher, 15_000)
    await publishTo(publisher, 'events:session', event)
    publisher.disconnect()
  }

  const close = async () => {
    await sessionService.close()
    await Promise.all([redis.close(), database.drop(), testTls.remove()])
  }
  return {
    database,
    redis,
    sessionService,
    gatewayTls,
    keyEncryptionKey,
    settingsOf,
    startReplica,
    signIn,
    publishSessionEvent,
    close,
  }
}
