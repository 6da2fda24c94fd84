/** latchkey.token.v1.TokenService: messages in, use cases, messages out. */
import { fromTimestamp, type TokenHandlers, toTimestamp } from '@latchkey/contracts'
import { RpcError } from '@latchkey/runtime/grpc'
import { isUuid } from '@latchkey/runtime/ids'
import type { Membership } from '../domain/authority.ts'
import type { ClientId, OrganizationId, SessionId, UserId } from '../domain/ids.ts'
import type { Subject } from '../domain/subject.ts'
import type { DpopNonces } from '../dpop/nonces.ts'
import type { AuthorizeAdmin } from '../usecases/authorize-admin.ts'
import type { BeginBrowserSession } from '../usecases/begin-browser-session.ts'
import type { DeleteSubject } from '../usecases/delete-subject.ts'
import type { DescribeFlow } from '../usecases/describe-flow.ts'
import type { DisconnectApp } from '../usecases/disconnect-app.ts'
import type { EndOfflineAccess } from '../usecases/end-offline-access.ts'
import type { FindBrowserSession } from '../usecases/find-browser-session.ts'
import type { FindSignedOutPage } from '../usecases/find-signed-out-page.ts'
import type { IssueTokens } from '../usecases/issue-tokens.ts'
import type { ListConnectedApps } from '../usecases/list-connected-apps.ts'
import type { UpdateSubject } from '../usecases/update-subject.ts'

export interface TokenServiceDeps {
  readonly issueTokens: IssueTokens
  readonly updateSubject: UpdateSubject
  readonly deleteSubject: DeleteSubject
  readonly endOfflineAccess: EndOfflineAccess
  readonly listConnectedApps: ListConnectedApps
  readonly disconnectApp: DisconnectApp
  readonly beginBrowserSession: BeginBrowserSession
  readonly findBrowserSession: FindBrowserSession
  readonly describeFlow: DescribeFlow
  readonly findSignedOutPage: FindSignedOutPage
  readonly authorizeAdmin: AuthorizeAdmin
  readonly dpopNonces: Pick<DpopNonces, 'current'>
}

const invalid = (field: string) =>
  new RpcError('INVALID_SUBJECT', 'INVALID_ARGUMENT', `${field} is missing or invalid`, {
    metadata: { field },
  })

const parseId = <Id extends string>(text: string, field: string): Id => {
  if (!isUuid(text)) throw invalid(field)
  return text as Id
}

interface SubjectMessage {
  readonly userId: string
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
  readonly version: number
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  readonly organizations: readonly MembershipMessage[]
}

interface MembershipMessage {
  readonly organizationId: string
  readonly slug: string
  readonly name: string
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
}

const parseMembership = ({ organizationId, ...rest }: MembershipMessage): Membership => ({
  id: parseId<OrganizationId>(organizationId, 'subject.organizations.organization_id'),
  ...rest,
})

/** More in one call would keep others waiting. */
const mostSubjects = 100

const parseSubject = (message: SubjectMessage | null): Subject => {
  if (message === null) throw invalid('subject')
  if (message.email === '') throw invalid('subject.email')
  const { userId, organizations, ...rest } = message
  return {
    ...rest,
    userId: parseId<UserId>(userId, 'subject.user_id'),
    organizations: organizations.map(parseMembership),
  }
}

const parseInstant = (message: Parameters<typeof fromTimestamp>[0], field: string): Date => {
  const instant = fromTimestamp(message)
  if (instant === undefined) throw invalid(field)
  return instant
}

export const createTokenService = (deps: TokenServiceDeps): TokenHandlers => ({
  issueTokens: async request => {
    const sessionEndsAt = parseInstant(request.sessionEndsAt, 'session_ends_at')
    const authenticatedAt = parseInstant(request.authenticatedAt, 'authenticated_at')
    return deps.issueTokens({
      subject: parseSubject(request.subject),
      sessionId: parseId<SessionId>(request.sessionId, 'session_id'),
      sessionEndsAt,
      authenticatedAt,
      authenticationMethods: request.authenticationMethods,
    })
  },
  updateSubject: async request => {
    await deps.updateSubject(parseSubject(request.subject))
    return {}
  },
  updateSubjects: async ({ subjects }) => {
    if (subjects.length > mostSubjects)
      throw new RpcError(
        'TOO_MANY_SUBJECTS',
        'INVALID_ARGUMENT',
        `at most ${mostSubjects} subjects at a time`,
      )
    await Promise.all(subjects.map(parseSubject).map(subject => deps.updateSubject(subject)))
    return {}
  },
  endOfflineAccess: async request => {
    const signedInUntil = parseInstant(request.signedInUntil, 'signed_in_until')
    const userId = parseId<UserId>(request.userId, 'user_id')
    const sessionId =
      request.sessionId === '' ? undefined : parseId<SessionId>(request.sessionId, 'session_id')
    await deps.endOfflineAccess(userId, signedInUntil, sessionId)
    return {}
  },
  deleteSubject: async request => {
    await deps.deleteSubject(parseId<UserId>(request.userId, 'user_id'))
    return {}
  },

  listConnectedApps: async ({ userId, locale }) => {
    const apps = await deps.listConnectedApps(parseId<UserId>(userId, 'user_id'), locale)
    return {
      apps: apps.map(({ clientId, name, clientUri = '', connectedAt, permissions, actsOffline }) => ({
        clientId,
        clientName: name,
        clientUri,
        connectedAt: toTimestamp(connectedAt),
        permissions: [...permissions],
        actsOffline,
      })),
    }
  },
  disconnectApp: async ({ userId, clientId }) => {
    if (clientId === '') throw invalid('client_id')
    await deps.disconnectApp(parseId<UserId>(userId, 'user_id'), clientId as ClientId)
    return {}
  },

  beginBrowserSession: async request =>
    deps.beginBrowserSession({
      subject: parseSubject(request.subject),
      session: {
        sessionId: parseId<SessionId>(request.sessionId, 'session_id'),
        endsAt: parseInstant(request.sessionEndsAt, 'session_ends_at'),
        authenticatedAt: parseInstant(request.authenticatedAt, 'authenticated_at'),
        authenticationMethods: request.authenticationMethods,
      },
      replaces: request.replaces === '' ? undefined : request.replaces,
    }),
  getBrowserSession: async ({ token }) => {
    const found = await deps.findBrowserSession(token)
    if (found.outcome === 'undecided')
      throw new RpcError('SESSION_UNDECIDED', 'UNAVAILABLE', 'the session can not be checked at the moment')
    if (found.outcome === 'nobody')
      throw new RpcError('BROWSER_SESSION_NOT_FOUND', 'NOT_FOUND', 'nobody is signed in')
    const { session } = found
    return {
      userId: session.subject,
      sessionId: session.sessionId,
      authenticatedAt: toTimestamp(session.authenticatedAt),
      authenticationMethods: [...session.authenticationMethods],
      endsAt: toTimestamp(session.endsAt),
    }
  },
  getAuthorizationFlow: async ({ handle, browser }) => {
    const flow = await deps.describeFlow(handle, browser)
    if (flow === undefined) throw new RpcError('FLOW_NOT_FOUND', 'NOT_FOUND', 'there is no such flow')
    const { id, name, metadata } = flow.client
    return {
      clientId: id,
      clientName: name,
      clientUri: metadata.clientUri ?? '',
      logoUri: metadata.logoUri ?? '',
      policyUri: metadata.policyUri ?? '',
      tosUri: metadata.tosUri ?? '',
      loginHint: flow.loginHint,
      uiLocales: flow.uiLocales,
      acrValues: [...flow.acrValues],
      acrWanted: flow.acr.wanted ?? '',
      acrRequired: flow.acr.required ?? '',
      promptCreate: flow.promptsCreation,
      formAction: flow.formAction,
    }
  },
  getSignedOutPage: async ({ sessionId, browser }) => {
    if (browser === '') throw invalid('browser')
    const location = await deps.findSignedOutPage(parseId<SessionId>(sessionId, 'session_id'), browser)
    return { location: location ?? '' }
  },
  authorizeAdmin: async ({ authorization, dpopProofs, method, path, scope }) => {
    const proofs = dpopProofs.length === 0 ? undefined : dpopProofs
    const request = {
      authorization: authorization.length === 0 ? undefined : authorization,
      proofs,
      method,
      path,
    }
    const { clientId } = await deps.authorizeAdmin(request, scope)
    return { clientId, dpopNonce: proofs === undefined ? '' : deps.dpopNonces.current() }
  },
})
