/** The end of a request that nothing stands in the way of: a grant, and a code that stands for it. */
import type { AuthorizationRequest } from '../authorize/request.ts'
import { type AuthorizationResponse, codeResponse } from '../authorize/response.ts'
import type { Membership } from '../domain/authority.ts'
import { keptSecondsOf, type NewCode } from '../domain/authorization-code.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import { grantOfSession } from '../domain/session-grant.ts'

export interface IssueCodeDeps {
  readonly codes: { issue(code: NewCode): Promise<void> }
  readonly recordActivity: (activity: { sessionId: string; at: Date; ipAddress: string }) => void
  /** 256 random bits as text. */
  readonly createToken: () => string
  readonly issuer: string
  readonly codeTtlSeconds: number
  /** Of clients that have none of their own. */
  readonly accessTokenTtlSeconds: number
  readonly now: () => Date
}

export interface IssueCodeInput {
  readonly request: AuthorizationRequest
  readonly session: BrowserSession
  readonly organization: Membership | undefined
  readonly ipAddress: string
}

export const createIssueCode =
  (deps: IssueCodeDeps) =>
  async (input: IssueCodeInput): Promise<AuthorizationResponse> => {
    const { request, session, organization, ipAddress } = input
    const { client, target, codeChallenge, nonce } = request
    const code = deps.createToken()
    const now = deps.now()
    await deps.codes.issue({
      codeHash: hashSecret(code),
      grant: grantOfSession(
        session,
        { ...request, clientId: client.id, organizationId: organization?.id },
        now,
      ),
      redirectUri: target.redirectUri,
      codeChallenge,
      nonce,
      ttlSeconds: deps.codeTtlSeconds,
      keptSeconds: keptSecondsOf(client.metadata.accessTokenTtlSeconds ?? deps.accessTokenTtlSeconds),
      sessionEndsAt: session.endsAt,
    })
    deps.recordActivity({ sessionId: session.sessionId, at: now, ipAddress })
    return codeResponse(target, deps.issuer, code)
  }

export type IssueCode = ReturnType<typeof createIssueCode>
