/**
 * Whether a request needs its user: to sign in, to prove more than the sign-in did, to consent, or not at all.
 *
 * @see OpenID Connect Core §3.1.2.1, §3.1.2.3, §3.1.2.4, §11
 */
import { acrOf, reaches } from '../domain/acr.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Consent } from '../domain/consent.ts'
import type { AuthorizationRequest } from './request.ts'

export type Decision =
  | { readonly next: 'sign_in' | 'step_up' | 'consent' | 'go_on' }
  /** The user can't prove who they are as well as the request needs. */
  | { readonly next: 'unmet' }
  /** Somebody else has signed in than the client means. */
  | { readonly next: 'wrong_user' }

export interface Situation {
  readonly request: AuthorizationRequest
  readonly session: BrowserSession | undefined
  /** When the request began to wait for its user; undefined where it does not. */
  readonly waitsSince?: Date | undefined
  /** What the user has allowed the client before. */
  readonly remembered: Consent | undefined
  /** The user was asked for more than their session proves, and has no more. */
  readonly hasGivenUp?: boolean | undefined
  readonly now: Date
}

/** Signed in for this very request: whatever it asks of a sign-in is met. */
const isFresh = (session: BrowserSession, waitsSince: Date | undefined): boolean =>
  waitsSince !== undefined && session.createdAt > waitsSince

/** All three end in the same page: there one signs in again, as somebody else, or as somebody new. */
const signInPrompts = ['login', 'select_account', 'create'] as const

const isTooOld = (session: BrowserSession, maxAgeSeconds: number | undefined, now: Date): boolean =>
  maxAgeSeconds !== undefined && now.getTime() - session.authenticatedAt.getTime() > maxAgeSeconds * 1000

const hasAll = (wanted: readonly string[], had: readonly string[]) => wanted.every(each => had.includes(each))

/**
 * Any program on the user's device can pass for a public client whose answers go to a loopback address or a scheme of its
 * own; only an https address says whose it is.
 */
const canBeImpersonated = ({ client, target }: AuthorizationRequest): boolean =>
  client.type === 'public' && !target.redirectUri.startsWith('https:')

/**
 * What was allowed before counts, but never for staying away, and never for a client that another could pass for: those
 * are asked each time. @see RFC 8252 §8.6, RFC 6749 §10.2, OpenID Connect Core §11
 */
const needsConsent = (request: AuthorizationRequest, remembered: Consent | undefined): boolean => {
  const { client, prompts, asked, resources } = request
  if (prompts.has('consent')) return true
  if (!client.metadata.requireConsent) return false
  if (remembered === undefined || asked.includes('offline_access')) return true
  if (canBeImpersonated(request)) return true
  return !hasAll(asked, remembered.scopes) || !hasAll(resources, remembered.resources)
}

/**
 * What the session proves may be less than what is wanted: then the user is asked for more. Where they have no more, or no
 * page may ask, a wish is left at that (OpenID Connect Core §3.1.2.1 `acr_values`), a need is not.
 */
const decideOnAcr = (
  { acr, prompts }: AuthorizationRequest,
  session: BrowserSession,
  hasGivenUp: boolean,
) => {
  const had = acrOf(session.authenticationMethods)
  if (reaches(had, acr.wanted)) return undefined
  const isEnough = reaches(had, acr.required)
  if (hasGivenUp) return isEnough ? undefined : ({ next: 'unmet' } as const)
  return isEnough && prompts.has('none') ? undefined : ({ next: 'step_up' } as const)
}

export const decide = (situation: Situation): Decision => {
  const { request, session, waitsSince, remembered, hasGivenUp = false, now } = situation
  if (session === undefined) return { next: 'sign_in' }
  const isOther = request.expectedSubject !== undefined && request.expectedSubject !== session.subject
  if (isFresh(session, waitsSince)) {
    if (isOther) return { next: 'wrong_user' }
  } else if (
    isOther ||
    signInPrompts.some(prompt => request.prompts.has(prompt)) ||
    isTooOld(session, request.maxAgeSeconds, now)
  ) {
    return { next: 'sign_in' }
  }
  const onAcr = decideOnAcr(request, session, hasGivenUp)
  if (onAcr !== undefined) return onAcr
  return { next: needsConsent(request, remembered) ? 'consent' : 'go_on' }
}
