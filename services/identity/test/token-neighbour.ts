/** The token service as identity's tests see it: what it was asked to issue, whom it knows, and whom its pages wait for. */
import {
  type BeginBrowserSessionRequest__Output,
  bindTokenService,
  type EndOfflineAccessRequest__Output,
  type GetAuthorizationFlowResponse,
  type IssueTokensRequest__Output,
  type Subject__Output,
  toTimestamp,
} from '@latchkey/contracts'
import { randomToken } from '@latchkey/runtime/crypto'
import { RpcError } from '@latchkey/runtime/grpc'
import { createUuid } from '@latchkey/runtime/ids'
import { createTokenIssuer } from '@latchkey/service-testkit'
import { createSwitch } from './neighbour-switch.ts'

export type KeptBrowserSession = BeginBrowserSessionRequest__Output & { readonly token: string }

/** An authorization request that waits, in one browser. */
export interface KeptFlow {
  readonly handle: string
  readonly browser: string
  readonly answer: GetAuthorizationFlowResponse
}

export const createTokenNeighbour = async (publicUrl: string) => {
  const issued: IssueTokensRequest__Output[] = []
  const subjects: (Subject__Output | null)[] = []
  const deleted: string[] = []
  const offlineEndings: EndOfflineAccessRequest__Output[] = []
  const browserSessions: KeptBrowserSession[] = []
  const flows: KeptFlow[] = []
  /** Sessions that applications in the browser listen to. */
  const listening = new Set<string>()
  /** Calls that it does not know. */
  const failing = new Set<string>()
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
    getSignedOutPage: async ({ sessionId, browser }) => {
      await pass()
      if (failing.has('getSignedOutPage'))
        throw new RpcError('TEST', 'UNIMPLEMENTED', 'of an earlier release')
      return { location: listening.has(sessionId) ? `/oauth/logout?of=${browser}` : '' }
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
    listening,
    failing,
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
