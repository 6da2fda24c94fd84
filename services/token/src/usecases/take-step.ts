/**
 * What becomes of a valid request at this moment: an answer to the client, or a page for the user. The same for a
 * request that has just come and for one that has waited.
 */
import { OAuthError, type OAuthErrorCode } from '@latchkey/oauth'
import { type Decision, decide } from '../authorize/decide.ts'
import type { AuthorizationRequest } from '../authorize/request.ts'
import { type AuthorizationResponse, errorResponse } from '../authorize/response.ts'
import { type Authority, type Membership, organizationScope } from '../domain/authority.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import type { UserId } from '../domain/ids.ts'
import { chooseOrganization, type OrganizationChoice } from '../domain/organization-choice.ts'
import type { FindBrowserSession } from './find-browser-session.ts'

/** For whom a request goes on, and in which of their organizations. */
interface Acting {
  readonly session: BrowserSession
  readonly organization: Membership | undefined
}

export type Step =
  | { readonly next: 'respond'; readonly response: AuthorizationResponse }
  | { readonly next: 'sign_in' }
  /** What the user has proven is less than what is wanted. */
  | { readonly next: 'step_up' }
  /** The user belongs to several, and has to say in which they act. */
  | {
      readonly next: 'organization'
      readonly session: BrowserSession
      readonly memberships: readonly Membership[]
    }
  | ({ readonly next: 'consent' } & Acting)
  /** Nothing stands in the way: the caller issues a code. */
  | ({ readonly next: 'go_on' } & Acting)
  /** Nobody can say now whether the session lives. */
  | { readonly next: 'undecided' }

export interface TakeStepDeps {
  readonly findBrowserSession: FindBrowserSession
  /** Undefined for an unknown or deleted one. */
  readonly subjects: { find(userId: UserId): Promise<Authority | undefined> }
  readonly issuer: string
  readonly now: () => Date
}

export interface TakeStepInput {
  readonly request: AuthorizationRequest
  /** Raw cookie of the browser session. */
  readonly rawSession: string | undefined
  /** When the request began to wait for its user; undefined where it does not. */
  readonly waitsSince?: Date
  /** The user was asked for more than their session proves, and has no more. */
  readonly hasGivenUp?: boolean
}

/** What a client hears that wants no page. @see OpenID Connect Core §3.1.2.6 */
const withoutPage = {
  sign_in: ['login_required', 'The user has to sign in'],
  step_up: ['interaction_required', 'The user has to prove a second factor'],
  organization: ['interaction_required', 'The user has to choose an organization; send organization'],
  consent: ['consent_required', 'The user has to consent'],
  undecided: ['temporarily_unavailable', 'The session can not be checked at the moment'],
} as const satisfies Partial<Record<Step['next'], readonly [OAuthErrorCode, string]>>

/** @see OpenID Connect Unmet Authentication Requirements 1.0 §2 */
const unmet = [
  'unmet_authentication_requirements',
  'The user has no such second factor',
] as const satisfies readonly [OAuthErrorCode, string]

const nobody = { session: undefined, remembered: undefined }

export const createTakeStep = (deps: TakeStepDeps) => {
  const { findBrowserSession, subjects, issuer, now } = deps

  const refuse = (
    { target }: AuthorizationRequest,
    [error, description]: readonly [OAuthErrorCode, string],
  ) =>
    ({
      next: 'respond',
      response: errorResponse(target, issuer, new OAuthError(error, description)),
    }) as const

  const findOrganization = async (
    { scopes, organization }: AuthorizationRequest,
    { subject }: BrowserSession,
  ): Promise<OrganizationChoice> => {
    if (!scopes.includes(organizationScope)) return { outcome: 'chosen', membership: undefined }
    const authority = await subjects.find(subject)
    return chooseOrganization(authority?.organizations ?? [], organization)
  }

  const toStep = async (
    request: AuthorizationRequest,
    decision: Decision,
    session: BrowserSession | undefined,
  ): Promise<Step> => {
    if (decision.next === 'wrong_user')
      return refuse(request, ['login_required', 'Somebody else has signed in than the request is for'])
    if (decision.next === 'unmet') return refuse(request, unmet)
    const isSilent = request.prompts.has('none')
    if (decision.next === 'step_up')
      return isSilent ? refuse(request, withoutPage.step_up) : { next: 'step_up' }
    if (decision.next === 'sign_in' || session === undefined)
      return isSilent ? refuse(request, withoutPage.sign_in) : { next: 'sign_in' }
    const choice = await findOrganization(request, session)
    if (choice.outcome === 'not_a_member')
      return refuse(request, ['access_denied', 'The user is not a member of the organization'])
    const { next } = choice.outcome === 'open' ? ({ next: 'organization' } as const) : decision
    if (next !== 'go_on' && isSilent) return refuse(request, withoutPage[next])
    if (choice.outcome === 'open') return { next: 'organization', session, memberships: choice.memberships }
    return { next: decision.next, session, organization: choice.membership }
  }

  return async ({ request, rawSession, waitsSince, hasGivenUp }: TakeStepInput): Promise<Step> => {
    const { client } = request
    const found = await findBrowserSession(rawSession, client.metadata.requireConsent ? client.id : undefined)
    if (found.outcome === 'undecided')
      return request.prompts.has('none') ? refuse(request, withoutPage.undecided) : { next: 'undecided' }
    const { session, remembered } = found.outcome === 'signed_in' ? found : nobody
    const situation = { request, session, waitsSince, remembered, hasGivenUp, now: now() }
    return toStep(request, decide(situation), session)
  }
}

export type TakeStep = ReturnType<typeof createTakeStep>
