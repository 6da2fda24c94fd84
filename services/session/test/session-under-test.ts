/**
 * The real session service on stores of its own, with the token service replaced by a key set behind the same
 * mutual TLS, called as the gateway and identity call it. Tokens are jose's.
 */
import { PassThrough } from 'node:stream'
import { createSessionClient } from '@latchkey/contracts'
import { loadTls } from '@latchkey/runtime/certificates'
import { startHttpServer } from '@latchkey/runtime/http'
import { createUuid } from '@latchkey/runtime/ids'
import { createInternalFetch } from '@latchkey/runtime/internal-http'
import { createLogger } from '@latchkey/runtime/logger'
import { loadSettings } from '@latchkey/runtime/settings'
import { createTcpProxy, createTestTls, startRedis } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { compose } from '../src/compose.ts'
import { sessionSettings } from '../src/config.ts'
import { createSessionDatabase, quietLogger } from './session-database.ts'

const issuer = 'https://auth.example.com'

export interface TokenDifferences {
  readonly claims?: Record<string, unknown>
  readonly audience?: string
  readonly expiresIn?: string
  readonly typ?: string
}

export const startSessionUnderTest = async (env: Record<string, string> = {}) => {
  const tls = await createTestTls()
  const database = await createSessionDatabase()
  const postgres = await createTcpProxy({ port: Number(new URL(database.url).port) })
  const redis = await startRedis()
  const store = new Redis(redis.url, { retryStrategy: () => 50 })
  store.on('error', () => undefined)

  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] }
  const token = await startHttpServer({
    app: (_req, res) => res.setHeader('Content-Type', 'application/json').end(JSON.stringify(jwks)),
    port: 0,
    host: '127.0.0.1',
    tls: await loadTls(await tls.issue('token')),
    allowedCallers: ['session'],
    logger: quietLogger,
  })

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
    DATABASE_POOL_TIMEOUT: '2',
    REDIS_URL: redis.url,
    PUBLIC_URL: issuer,
    TOKEN_URL: `https://127.0.0.1:${token.port}`,
    SESSION_FLUSH_SECONDS: '1',
    ...env,
  })
  const logged = new PassThrough()
  const lines: Record<string, unknown>[] = []
  logged.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) lines.push(JSON.parse(line))
  })
  const logger = createLogger({ service: 'session', level: 'INFO', destination: logged })
  const start = () => compose(settings, logger)
  let running = await start()

  const gateway = await loadTls(await tls.issue('gateway'))
  const internal = createInternalFetch({ tls: gateway, serverName: 'session' })
  /** As another process of the suite would call. */
  const callAs = async (name: string) => {
    const certificate = await loadTls(await tls.issue(name))
    const http = createInternalFetch({ tls: certificate, serverName: 'session' })
    const client = createSessionClient({ target: `dns:///127.0.0.1:${running.grpcPort}`, tls: certificate })
    return {
      fetch: (path: string) => http.fetch(`https://127.0.0.1:${running.httpPort}${path}`, { headers: {} }),
      rpc: client,
      close: async () => {
        client.close()
        await http.close()
      },
    }
  }
  const connect = () =>
    createSessionClient({ target: `dns:///127.0.0.1:${running.grpcPort}`, tls: gateway, deadlineMs: 5_000 })
  let rpc = connect()

  const aToken = (userId: string, sessionId: string, differences: TokenDifferences = {}) =>
    new SignJWT({
      client_id: 'latchkey',
      sid: sessionId,
      type: 'access',
      jti: createUuid(),
      ...differences.claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: differences.typ ?? 'at+jwt' })
      .setIssuer(issuer)
      .setAudience(differences.audience ?? issuer)
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime(differences.expiresIn ?? '15m')
      .sign(privateKey)

  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    internal.fetch(`https://127.0.0.1:${running.httpPort}${path}`, {
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
    lines,
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
}

export type SessionUnderTest = Awaited<ReturnType<typeof startSessionUnderTest>>

export interface SessionList {
  readonly sessions: readonly Record<string, unknown>[]
  readonly total: number
}

export const listOf = async (response: { json(): Promise<unknown> }): Promise<SessionList> =>
  (await response.json()) as SessionList
