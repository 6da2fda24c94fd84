/**
 * Whether a request needs its user: to sign in, to consent, or not at all.
 *
 * @see OpenID Connect Core §3.1.2.1, §3.1.2.3, §3.1.2.4, §11
 */
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Consent } from '../domain/consent.ts'
import type { AuthorizationRequest } from './request.ts'

export type Decision =
  | { readonly next: 'sign_in' | 'consent' | 'go_on' }
  /** Somebody else has signed in than the client means. */
  | { readonly next: 'wrong_user' }

export interface Situation {
  readonly request: AuthorizationRequest
  readonly session: BrowserSession | undefined
  /** When the request began to wait for its user; undefined where it does not. */
  readonly waitsSince?: Date | undefined
  /** What the user has allowed the client before. */
  readonly remembered: Consent | undefined
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

export const decide = ({ request, session, waitsSince, remembered, now }: Situation): Decision => {
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
  return { next: needsConsent(request, remembered) ? 'consent' : 'go_on' }
}
