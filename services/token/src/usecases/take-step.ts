/**
 * What becomes of a valid request at this moment: an answer to the client, or a page for the user. The same for a
 * request that has just come and for one that has waited.
 */
import { OAuthError, type OAuthErrorCode } from '@latchkey/oauth'
import { type Decision, decide } from '../authorize/decide.ts'
import type { AuthorizationRequest } from '../authorize/request.ts'
import { type AuthorizationResponse, errorResponse } from '../authorize/response.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Consent } from '../domain/consent.ts'
import type { ClientId, UserId } from '../domain/ids.ts'
import type { FindBrowserSession } from './find-browser-session.ts'

export type Step =
  | { readonly next: 'respond'; readonly response: AuthorizationResponse }
  | { readonly next: 'sign_in' }
  | { readonly next: 'consent'; readonly session: BrowserSession }
  /** Nothing stands in the way: the caller issues a code. */
  | { readonly next: 'go_on'; readonly session: BrowserSession }
  /** Nobody can say now whether the session lives. */
  | { readonly next: 'undecided' }

export interface TakeStepDeps {
  readonly findBrowserSession: FindBrowserSession
  readonly consents: { find(key: { subject: UserId; clientId: ClientId }): Promise<Consent | undefined> }
  readonly issuer: string
  readonly now: () => Date
}

export interface TakeStepInput {
  readonly request: AuthorizationRequest
  /** Raw cookie of the browser session. */
  readonly rawSession: string | undefined
  /** When the request began to wait for its user; undefined where it does not. */
  readonly waitsSince?: Date
}

/** What a client hears that wants no page. @see OpenID Connect Core §3.1.2.6 */
const withoutPage = {
  sign_in: ['login_required', 'The user has to sign in'],
  consent: ['consent_required', 'The user has to consent'],
  undecided: ['temporarily_unavailable', 'The session can not be checked at the moment'],
} as const satisfies Partial<Record<Step['next'], readonly [OAuthErrorCode, string]>>

export const createTakeStep = ({ findBrowserSession, consents, issuer, now }: TakeStepDeps) => {
  const refuse = (
    { target }: AuthorizationRequest,
    [error, description]: readonly [OAuthErrorCode, string],
  ) =>
    ({
      next: 'respond',
      response: errorResponse(target, issuer, new OAuthError(error, description)),
    }) as const

  const toStep = (
    request: AuthorizationRequest,
    decision: Decision,
    session: BrowserSession | undefined,
  ): Step => {
    if (decision.next === 'wrong_user')
      return refuse(request, ['login_required', 'Somebody else has signed in than the request is for'])
    if (decision.next !== 'go_on' && request.prompts.has('none'))
      return refuse(request, withoutPage[decision.next])
    if (decision.next === 'sign_in' || session === undefined) return { next: 'sign_in' }
    return { next: decision.next, session }
  }

  return async ({ request, rawSession, waitsSince }: TakeStepInput): Promise<Step> => {
    const found = await findBrowserSession(rawSession)
    if (found.outcome === 'undecided')
      return request.prompts.has('none') ? refuse(request, withoutPage.undecided) : { next: 'undecided' }
    const session = found.outcome === 'signed_in' ? found.session : undefined
    const { client } = request
    const remembered =
      session === undefined || !client.metadata.requireConsent
        ? undefined
        : await consents.find({ subject: session.subject, clientId: client.id })
    return toStep(request, decide({ request, session, waitsSince, remembered, now: now() }), session)
  }
}

export type TakeStep = ReturnType<typeof createTakeStep>
