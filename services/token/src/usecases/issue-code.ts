/** The end of a request that nothing stands in the way of: a grant, and a code that stands for it. */
import { formatScope } from '@latchkey/oauth'
import { createUuid } from '@latchkey/runtime/ids'
import type { AuthorizationRequest } from '../authorize/request.ts'
import { type AuthorizationResponse, codeResponse } from '../authorize/response.ts'
import { acrOf } from '../domain/acr.ts'
import type { NewCode } from '../domain/authorization-code.ts'
import { type BrowserSession, hashHandle } from '../domain/browser-session.ts'
import { type Grant, offlineGrantTtlSeconds } from '../domain/grant.ts'
import type { GrantId } from '../domain/ids.ts'

export interface IssueCodeDeps {
  readonly codes: { issue(code: NewCode): Promise<void> }
  readonly recordActivity: (activity: { sessionId: string; at: Date; ipAddress: string }) => void
  /** 256 random bits as text. */
  readonly createToken: () => string
  readonly issuer: string
  readonly codeTtlSeconds: number
  readonly now: () => Date
}

export interface IssueCodeInput {
  readonly request: AuthorizationRequest
  readonly session: BrowserSession
  readonly ipAddress: string
}

const grantOf = ({ request, session }: IssueCodeInput, now: Date): Grant => {
  const { client, scopes, resources, claims, dpopJkt } = request
  const { sessionId, subject, authenticatedAt, authenticationMethods, endsAt } = session
  const acr = acrOf(authenticationMethods)
  const isOffline = scopes.includes('offline_access')
  return {
    id: createUuid<GrantId>(),
    subject,
    sessionId,
    clientId: client.id,
    scope: formatScope(scopes),
    resources,
    authenticatedAt,
    authenticationMethods,
    ...(acr === undefined ? {} : { acr }),
    ...(claims === undefined ? {} : { claims }),
    ...(dpopJkt === undefined ? {} : { dpopJkt }),
    isOffline,
    endsAt: isOffline ? new Date(now.getTime() + offlineGrantTtlSeconds * 1000) : endsAt,
  }
}

export const createIssueCode =
  (deps: IssueCodeDeps) =>
  async (input: IssueCodeInput): Promise<AuthorizationResponse> => {
    const { request, session, ipAddress } = input
    const { target, codeChallenge, nonce } = request
    const code = deps.createToken()
    const now = deps.now()
    await deps.codes.issue({
      codeHash: hashHandle(code),
      grant: grantOf(input, now),
      redirectUri: target.redirectUri,
      codeChallenge,
      nonce,
      ttlSeconds: deps.codeTtlSeconds,
      sessionEndsAt: session.endsAt,
    })
    deps.recordActivity({ sessionId: session.sessionId, at: now, ipAddress })
    return codeResponse(target, deps.issuer, code)
  }

export type IssueCode = ReturnType<typeof createIssueCode>
