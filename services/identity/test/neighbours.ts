/**
 * The services to identity's right, in memory behind their real gRPC contracts and mutual TLS: what they were told,
 * and switches to make them fail.
 */
import {
  type BeginBrowserSessionRequest__Output,
  bindNotificationService,
  bindSessionService,
  bindTokenService,
  type ConfirmSessionRequest__Output,
  type EndOfflineAccessRequest__Output,
  type EndReasonName,
  type EndUserSessionsRequest__Output,
  fromEndReason,
  type GetAuthorizationFlowResponse,
  type IssueTokensRequest__Output,
  type SendMessageRequest__Output,
  type Subject__Output,
  toEndReason,
  toTimestamp,
} from '@latchkey/contracts'
import { loadTls } from '@latchkey/runtime/certificates'
import { randomToken } from '@latchkey/runtime/crypto'
import { type BoundService, RpcError, startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createUuid } from '@latchkey/runtime/ids'
import { createTokenIssuer, quietLogger } from '@latchkey/service-testkit'
import type { TestTls } from '@latchkey/testkit'

export const publicUrl = 'https://auth.example.test'

type Mode = 'up' | 'away' | 'hanging'

/** Whether a neighbour answers; `hanging` never does. */
const createSwitch = () => {
  let mode: Mode = 'up'
  return {
    set: (to: Mode) => {
      mode = to
    },
    pass: async (): Promise<void> => {
      if (mode === 'away') throw new RpcError('TEST', 'UNAVAILABLE', 'switched off')
      if (mode === 'hanging') await new Promise(() => undefined)
    },
  }
}

export interface KeptSession {
  readonly id: string
  readonly userId: string
  readonly deviceId: string
  readonly deviceKnown: boolean
  readonly ipAddress: string
  readonly userAgent: string
  readonly rememberMe: boolean
  credentialVersion: number
  endReason: EndReasonName | undefined
}

const createSessionNeighbour = () => {
  const sessions: KeptSession[] = []
  const endings: EndUserSessionsRequest__Output[] = []
  const confirmations: ConfirmSessionRequest__Output[] = []
  const { set, pass } = createSwitch()
  const onCreate: (() => Promise<void>)[] = []
  const service = bindSessionService({
    createSession: async request => {
      await pass()
      const id = createUuid()
      sessions.push({ ...request, id, endReason: undefined })
      for (const hook of onCreate.splice(0)) await hook()
      const inSeconds = (seconds: number) => toTimestamp(new Date(Date.now() + seconds * 1_000))
      return {
        sessionId: id,
        createdAt: inSeconds(0),
        expiresAt: inSeconds(3_600),
        endsAt: inSeconds(86_400),
      }
    },
    endSession: async ({ sessionId, reason, userId }) => {
      await pass()
      const session = sessions.find(
        each => each.id === sessionId && each.endReason === undefined && [each.userId, ''].includes(userId),
      )
      if (session !== undefined) session.endReason = fromEndReason(reason)
      return { ended: session !== undefined }
    },
    endUserSessions: async request => {
      await pass()
      endings.push(request)
      const ended = sessions.filter(
        ({ id, userId, endReason, credentialVersion }) =>
          userId === request.userId &&
          id !== request.exceptSessionId &&
          endReason === undefined &&
          (request.belowCredentialVersion === 0 || credentialVersion < request.belowCredentialVersion),
      )
      for (const session of ended) session.endReason = fromEndReason(request.reason)
      const kept = sessions.find(({ id }) => id === request.exceptSessionId)
      if (kept !== undefined)
        kept.credentialVersion = Math.max(kept.credentialVersion, request.belowCredentialVersion)
      return { ended: ended.length }
    },
    listSessions: async ({ userId }) => {
      await pass()
      const now = toTimestamp(new Date())
      const live = sessions.filter(each => each.userId === userId && each.endReason === undefined)
      return {
        sessions: live.map(({ id, ipAddress, userAgent }) => ({
          sessionId: id,
          createdAt: now,
          lastAccessedAt: now,
          expiresAt: toTimestamp(new Date(Date.now() + 3_600_000)),
          ipAddress,
          userAgent,
          device: userAgent,
          active: true,
        })),
      }
    },
    listTerminations: async ({ userId, limit, beforeSessionId }) => {
      await pass()
      const ended = sessions
        .filter(each => each.endReason !== undefined && ['', each.userId].includes(userId))
        .toReversed()
      const start = ended.findIndex(({ id }) => id === beforeSessionId) + 1
      return {
        terminations: ended.slice(start, start + limit).map(({ id, ipAddress, ...session }) => ({
          sessionId: id,
          userId: session.userId,
          reason: toEndReason(session.endReason ?? 'logout'),
          originalIp: ipAddress,
          newIp: ipAddress,
          at: toTimestamp(new Date()),
        })),
      }
    },
    confirmSession: async request => {
      await pass()
      confirmations.push(request)
      return {
        confirmed: sessions.some(each => each.id === request.sessionId && each.endReason === undefined),
      }
    },
    getSession: () => Promise.reject(new RpcError('NOT_ASKED', 'UNIMPLEMENTED', 'identity does not ask')),
    recordActivity: () => Promise.reject(new RpcError('NOT_ASKED', 'UNIMPLEMENTED', 'identity does not ask')),
  })
  return { service, sessions, endings, confirmations, set, onCreate }
}

export type KeptBrowserSession = BeginBrowserSessionRequest__Output & { readonly token: string }

/** An authorization request that waits, in one browser. */
export interface KeptFlow {
  readonly handle: string
  readonly browser: string
  readonly answer: GetAuthorizationFlowResponse
}

const createTokenNeighbour = async () => {
  const issued: IssueTokensRequest__Output[] = []
  const subjects: (Subject__Output | null)[] = []
  const deleted: string[] = []
  const offlineEndings: EndOfflineAccessRequest__Output[] = []
  const browserSessions: KeptBrowserSession[] = []
  const flows: KeptFlow[] = []
  const apps: { userId: string; clientId: string }[] = []
  /** Scopes of operators' clients, by their tokens. */
  const operators = new Map<string, readonly string[]>()
  const { set, pass } = createSwitch()
  const issuer = await createTokenIssuer(publicUrl)
  const { sign } = issuer

  const service = bindTokenService({
    issueTokens: async request => {
      await pass()
      issued.push(request)
      const accessToken = await sign({ sub: request.subject?.userId, sid: request.sessionId })
      const refreshToken = `lkr_${createUuid()}`
      return { accessToken, refreshToken, expiresInSeconds: 900, refreshExpiresInSeconds: 604_800 }
    },
    updateSubject: async ({ subject }) => {
      await pass()
      subjects.push(subject)
      return {}
    },
    updateSubjects: async request => {
      await pass()
      subjects.push(...request.subjects)
      return {}
    },
    deleteSubject: async ({ userId }) => {
      await pass()
      deleted.push(userId)
      return {}
    },
    endOfflineAccess: async request => {
      await pass()
      offlineEndings.push(request)
      return {}
    },
    listConnectedApps: async ({ userId }) => {
      await pass()
      return {
        apps: apps
          .filter(app => app.userId === userId)
          .map(({ clientId }) => ({
            clientId,
            clientName: `The ${clientId}`,
            connectedAt: toTimestamp(new Date()),
            permissions: ['See your email address'],
            actsOffline: false,
          })),
      }
    },
    disconnectApp: async ({ userId, clientId }) => {
      await pass()
      const index = apps.findIndex(app => app.userId === userId && app.clientId === clientId)
      if (index >= 0) apps.splice(index, 1)
      return {}
    },
    beginBrowserSession: async request => {
      await pass()
      const token = randomToken()
      browserSessions.push({ ...request, token })
      return { token }
    },
    getBrowserSession: async ({ token }) => {
      await pass()
      const found = browserSessions.find(each => each.token === token)
      if (found === undefined || browserSessions.some(({ replaces }) => replaces === token))
        throw new RpcError('BROWSER_SESSION_NOT_FOUND', 'NOT_FOUND', 'nobody is signed in')
      return {
        userId: found.subject?.userId ?? '',
        sessionId: found.sessionId,
        authenticationMethods: found.authenticationMethods,
      }
    },
    getAuthorizationFlow: async request => {
      await pass()
      const found = flows.find(each => each.handle === request.handle && each.browser === request.browser)
      if (found === undefined) throw new RpcError('FLOW_NOT_FOUND', 'NOT_FOUND', 'there is no such flow')
      return found.answer
    },
    authorizeAdmin: async ({ authorization, scope }) => {
      await pass()
      const scopes = operators.get(authorization[0]?.replace('Bearer ', '') ?? '')
      const refused = (reason: string, message: string, status: string) =>
        new RpcError(reason, 'UNAUTHENTICATED', message, {
          metadata: { status, 'www-authenticate': `Bearer error="${reason.toLowerCase()}"` },
        })
      if (scopes === undefined) throw refused('INVALID_TOKEN', 'Invalid token', '401')
      if (!scopes.includes(scope))
        throw refused('INSUFFICIENT_SCOPE', `The token lacks the scope ${scope}`, '403')
      return { clientId: 'operators-client', dpopNonce: '' }
    },
  })
  return {
    service,
    operators,
    browserSessions,
    flows,
    apps,
    issued,
    subjects,
    deleted,
    offlineEndings,
    set,
    sign,
    serveKeys: issuer.serve,
  }
}

const createNotificationNeighbour = () => {
  const messages: SendMessageRequest__Output[] = []
  const { set, pass } = createSwitch()
  const service = bindNotificationService({
    sendMessage: async request => {
      await pass()
      messages.push(request)
      return {}
    },
  })
  return { service, messages, set }
}

export const startNeighbours = async (testTls: TestTls) => {
  const session = createSessionNeighbour()
  const token = await createTokenNeighbour()
  const notification = createNotificationNeighbour()
  const serve = async (name: string, service: BoundService) =>
    startGrpcServer({
      services: [service],
      port: 0,
      host: '127.0.0.1',
      tls: await loadTls(await testTls.issue(name)),
      allowedCallers: ['identity'],
      health: createHealth({}),
      logger: quietLogger,
    })
  const servers = await Promise.all([
    serve('session', session.service),
    serve('token', token.service),
    serve('notification', notification.service),
  ])
  const keys = await token.serveKeys(await loadTls(await testTls.issue('token')), 'identity')
  const [sessionServer, tokenServer, notificationServer] = servers
  return {
    session,
    token,
    notification,
    env: {
      SESSION_GRPC: `127.0.0.1:${sessionServer.port}`,
      TOKEN_GRPC: `127.0.0.1:${tokenServer.port}`,
      NOTIFICATION_GRPC: `127.0.0.1:${notificationServer.port}`,
      TOKEN_URL: `https://127.0.0.1:${keys.port}`,
    },
    close: async () => {
      await Promise.all(servers.map(server => server.close(100)))
      await keys.close(100)
    },
  }
}

export type Neighbours = Awaited<ReturnType<typeof startNeighbours>>
