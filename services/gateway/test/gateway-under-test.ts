/** The real gateway with its neighbours replaced in memory, over the wire that they are reached by: mTLS HTTP and gRPC. */
import { PassThrough } from 'node:stream'
import { bindSessionService } from '@latchkey/contracts'
import { loadTls } from '@latchkey/runtime/certificates'
import { RpcError, startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { startHttpServer } from '@latchkey/runtime/http'
import { createLogger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { loadSettings } from '@latchkey/runtime/settings'
import { createTokenIssuer } from '@latchkey/service-testkit'
import { createTestTls, eventually, startRedis } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { compose } from '../src/compose.ts'
import { gatewaySettings } from '../src/config.ts'

const issuer = 'https://auth.example.com'

export interface SeenRequest {
  service: string
  method: string
  url: string
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** Settings; as a function, they may name the neighbours' URLs. */
type GatewayEnv =
  | Record<string, string>
  | ((urls: { identity: string; token: string; session: string }) => Record<string, string>)

export const startGatewayUnderTest = async (env: GatewayEnv = {}) => {
  const tls = await createTestTls()
  const redis = await startRedis()
  // It may be stopped before the connection ends.
  const store = new Redis(redis.url, { disconnectTimeout: 250 })
  store.on('error', () => {})
  const logs = new PassThrough()
  const logger = createLogger({ service: 'test', level: 'ERROR', destination: logs })
  const seen: SeenRequest[] = []
  const ended = new Set<string>()
  const activities: string[] = []
  const answers = new Map<string, { status: number; headers?: Record<string, string>; body?: string }>()
  const tokens = await createTokenIssuer(issuer)

  const startUpstream = async (service: string) =>
    startHttpServer({
      app: (req, res) => {
        if (req.url === '/.well-known/jwks.json' && req.headers['x-forwarded-for'] === undefined) {
          res.setHeader('Content-Type', 'application/json').end(JSON.stringify(tokens.jwks))
          return
        }
        const chunks: Buffer[] = []
        req.on('data', (chunk: Buffer) => chunks.push(chunk))
        req.on('end', () => {
          const path = (req.url ?? '').split('?')[0] ?? ''
          seen.push({
            service,
            method: req.method ?? '',
            url: req.url ?? '',
            headers: req.headers,
            body: Buffer.concat(chunks).toString(),
          })
          const answer = answers.get(path) ?? { status: 200 }
          res.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers })
          res.end(answer.body ?? JSON.stringify({ service }))
        })
      },
      port: 0,
      host: '127.0.0.1',
      tls: await loadTls(await tls.issue(service)),
      allowedCallers: ['gateway'],
      logger,
    })

  const startRpc = async (
    service: string,
    services: Parameters<typeof startGrpcServer>[0]['services'] = [],
  ) =>
    startGrpcServer({
      services,
      port: 0,
      host: '127.0.0.1',
      tls: await loadTls(await tls.issue(service)),
      allowedCallers: ['gateway'],
      health: createHealth({ checks: { database: async () => {}, queue: async () => {} } }),
      logger,
      metrics: createMetrics(service),
    })

  const sessionService = bindSessionService({
    getSession: async ({ sessionId }) => {
      if (sessionId === 'unknown') throw new RpcError('SESSION_NOT_FOUND', 'NOT_FOUND', 'no such session')
      return {
        state: ended.has(sessionId) ? 'SESSION_STATE_ENDED' : 'SESSION_STATE_LIVE',
        userId: 'u1',
        endsAt: null,
      }
    },
    recordActivity: async request => {
      activities.push(...request.activities.map(({ sessionId }) => sessionId))
      return {}
    },
    createSession: async () => ({}),
    listTerminations: async () => ({ terminations: [] }),
    listKnownAddresses: async () => ({ addresses: [] }),
    confirmSession: async () => ({ confirmed: false }),
    listSessions: async () => ({ sessions: [] }),
    endSession: async () => ({ ended: false }),
    endUserSessions: async () => ({}),
  })

  const upstreams = {
    identity: await startUpstream('identity'),
    token: await startUpstream('token'),
    session: await startUpstream('session'),
  }
  const rpcs = {
    identity: await startRpc('identity'),
    token: await startRpc('token'),
    session: await startRpc('session', [sessionService]),
    notification: await startRpc('notification'),
  }
  const urls = {
    identity: `https://127.0.0.1:${upstreams.identity.port}`,
    token: `https://127.0.0.1:${upstreams.token.port}`,
    session: `https://127.0.0.1:${upstreams.session.port}`,
  }
  const files = await tls.issue('gateway')
  const gateway = await compose(
    loadSettings(gatewaySettings, {
      PORT: '0',
      MANAGEMENT_PORT: '0',
      BIND_ADDRESS: '127.0.0.1',
      PUBLIC_URL: issuer,
      REDIS_URL: redis.url,
      TLS_CA_FILE: files.caFile,
      TLS_CERT_FILE: files.certFile,
      TLS_KEY_FILE: files.keyFile,
      IDENTITY_URL: urls.identity,
      TOKEN_URL: urls.token,
      SESSION_URL: urls.session,
      IDENTITY_GRPC: `dns:///127.0.0.1:${rpcs.identity.port}`,
      TOKEN_GRPC: `dns:///127.0.0.1:${rpcs.token.port}`,
      SESSION_GRPC: `dns:///127.0.0.1:${rpcs.session.port}`,
      NOTIFICATION_GRPC: `dns:///127.0.0.1:${rpcs.notification.port}`,
      ...(typeof env === 'function' ? env(urls) : env),
    }),
    logger,
  )
  // It answers before it has reached Redis: the requests until then are counted in the process, and again from one after.
  await eventually(async () => {
    const report = await (await fetch(`http://127.0.0.1:${gateway.ports.management}/readyz`)).text()
    if (!report.includes('"ready"')) throw new Error(report)
  })

  return {
    url: `http://127.0.0.1:${gateway.ports.http}`,
    port: gateway.ports.http,
    redis,
    store,
    seen,
    ended,
    activities,
    answers,
    upstreams,
    rpcs,
    logs: () => String(logs.read() ?? ''),
    token: ({
      expiresIn = '5m',
      ...claims
    }: {
      sub?: string
      sid?: string
      jti?: string
      expiresIn?: string
    } = {}) => tokens.sign({ sub: 'u1', sid: 's1', jti: 'j1', ...claims }, { expiresIn }),
    close: async () => {
      await gateway.close()
      await Promise.all(
        [...Object.values(upstreams), ...Object.values(rpcs)].map(server => server.close(500)),
      )
      store.disconnect()
      await redis.close()
      await tls.remove()
    },
  }
}

export type GatewayUnderTest = Awaited<ReturnType<typeof startGatewayUnderTest>>
