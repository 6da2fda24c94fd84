/**
 * The real session service on stores of its own, with the token service replaced by a key set behind the same
 * mutual TLS, called as the gateway and identity call it.
 */
import { createSessionClient } from '@latchkey/contracts'
import { loadTls } from '@latchkey/runtime/certificates'
import { createUuid } from '@latchkey/runtime/ids'
import { createInternalFetch } from '@latchkey/runtime/internal-http'
import { loadSettings } from '@latchkey/runtime/settings'
import {
  type Claims,
  createKeptLog,
  createServiceDatabase,
  createTokenIssuer,
  type TokenDifferences,
} from '@latchkey/service-testkit'
import { createTcpProxy, createTestTls, startRedis } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { compose } from '../src/compose.ts'
import { sessionSettings } from '../src/config.ts'
import { databaseSchema } from '../src/store/database-schema.ts'

const issuer = 'https://auth.example.com'

export interface Differences extends TokenDifferences {
  readonly claims?: Claims
}

export const startSessionUnderTest = async (env: Record<string, string> = {}) => {
  const tls = await createTestTls()
  const database = await createServiceDatabase(databaseSchema)
  const postgres = await createTcpProxy({ port: Number(new URL(database.url).port) })
  const redis = await startRedis()
  const store = new Redis(redis.url, { retryStrategy: () => 50 })
  store.on('error', () => undefined)

  const tokens = await createTokenIssuer(issuer)
  const token = await tokens.serve(await loadTls(await tls.issue('token')), 'session')

  const own = await tls.issue('session')
  const settings = loadSettings(sessionSettings, {
    TLS_CA_FILE: own.caFile,
    TLS_CERT_FILE: own.certFile,
    TLS_KEY_FILE: own.keyFile,
    BIND_ADDRESS: '127.0.0.1',
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    MANAGEMENT_PORT: '0',
    DATABASE_URL: postgres.through(database.url),
    DATABASE_POOL_MIN_SIZE: '0',
    DATABASE_POOL_MAX_SIZE: '5',
    DATABASE_POOL_TIMEOUT: '10',
    REDIS_URL: redis.url,
    PUBLIC_URL: issuer,
    TOKEN_URL: `https://127.0.0.1:${token.port}`,
    SESSION_FLUSH_SECONDS: '1',
    ...env,
  })
  const log = createKeptLog()
  const start = () => compose(settings, log.loggerOf('session'))
  let running = await start()

  const gateway = await loadTls(await tls.issue('gateway'))
  const internal = createInternalFetch({ tls: gateway, serverName: 'session' })
  /** As another process of the suite would call. */
  const callAs = async (name: string) => {
    const certificate = await loadTls(await tls.issue(name))
    const http = createInternalFetch({ tls: certificate, serverName: 'session' })
    const client = createSessionClient({ target: `dns:///127.0.0.1:${running.ports.grpc}`, tls: certificate })
    return {
      fetch: (path: string) => http.fetch(`https://127.0.0.1:${running.ports.http}${path}`, { headers: {} }),
      rpc: client,
      close: async () => {
        client.close()
        await http.close()
      },
    }
  }
  const connect = () =>
    createSessionClient({
      target: `dns:///127.0.0.1:${running.ports.grpc}`,
      tls: gateway,
      deadlineMs: 15_000,
    })
  let rpc = connect()

  const aToken = (userId: string, sessionId: string, { claims, ...differences }: Differences = {}) =>
    tokens.sign({ sub: userId, sid: sessionId, ...claims }, differences)

  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    internal.fetch(`https://127.0.0.1:${running.ports.http}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    })

  /** Signs a device of a user in, with a token as the token service would issue it. */
  const signIn = async ({ userId = createUuid(), ...request }: SignInRequest = {}) => {
    const response = await rpc.createSession({
      userId,
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
      ipAddress: `203.0.113.${Math.floor(Math.random() * 250)}`,
      ...request,
    })
    const { sessionId } = response
    const accessToken = await aToken(userId, sessionId)
    const ask = (method: string, path: string) =>
      call(method, path, { authorization: `Bearer ${accessToken}` })
    return { userId, sessionId, accessToken, ask, response }
  }

  return {
    database,
    postgres,
    redis,
    store,
    get lines() {
      return log.entries()
    },
    get rpc() {
      return rpc
    },
    get running() {
      return running
    },
    call,
    callAs,
    aToken,
    signIn,
    restart: async () => {
      rpc.close()
      await running.close()
      running = await start()
      rpc = connect()
    },
    close: async () => {
      rpc.close()
      store.disconnect()
      await internal.close()
      await running.close()
      await token.close(500)
      await postgres.close()
      await redis.close()
      await database.drop()
      await tls.remove()
    },
  }
}

export interface SignInRequest {
  readonly userId?: string
  readonly deviceId?: string
  readonly deviceKnown?: boolean
  readonly ipAddress?: string
  readonly userAgent?: string
  readonly rememberMe?: boolean
  readonly credentialVersion?: number
}

export type SessionUnderTest = Awaited<ReturnType<typeof startSessionUnderTest>>

export interface SessionList {
  readonly sessions: readonly Record<string, unknown>[]
  readonly total: number
}

export const listOf = async (response: { json(): Promise<unknown> }): Promise<SessionList> =>
  (await response.json()) as SessionList
