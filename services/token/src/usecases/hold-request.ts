/**
 * A request that came in a form, and has to come back by GET to bring the browser's cookies. What is wrong with it is said
 * at once: a mistaken client or redirect URI is never answered by any redirect. One that fits in no URL is kept as if the
 * client had pushed it.
 */
import type { OAuthParameters } from '@latchkey/oauth'
import type { AuthorizationRules } from '../authorize/index.ts'
import { type AuthorizationResponse, errorResponse } from '../authorize/response.ts'
import type { ClientId } from '../domain/ids.ts'
import { createRequestUri, type NewPushedRequest } from '../domain/pushed-request.ts'

export interface HoldRequestDeps {
  readonly rules: Pick<AuthorizationRules, 'readNew'>
  readonly pushedRequests: { push(request: NewPushedRequest): Promise<void> }
  /** 256 random bits as text. */
  readonly createToken: () => string
  readonly issuer: string
  readonly ttlSeconds: number
}

export interface HoldRequestInput {
  /** Each parameter with all its values. */
  readonly lists: OAuthParameters
  readonly fitsInUrl: boolean
}

export type HeldRequest =
  | { readonly outcome: 'respond'; readonly response: AuthorizationResponse }
  /** It can come back as it is. */
  | { readonly outcome: 'fits' }
  | { readonly outcome: 'held'; readonly clientId: ClientId; readonly requestUri: string }

/** Opening one of these uses it up. */
const isWrapped = (lists: OAuthParameters): boolean =>
  lists.request !== undefined || lists.request_uri !== undefined

/** @throws OAuthError what no client may be told by redirect */
export const createHoldRequest =
  ({ rules, pushedRequests, createToken, issuer, ttlSeconds }: HoldRequestDeps) =>
  async ({ lists, fitsInUrl }: HoldRequestInput): Promise<HeldRequest> => {
    if (fitsInUrl && isWrapped(lists)) return { outcome: 'fits' }
    const read = await rules.readNew(lists)
    if (read.outcome === 'refused')
      return { outcome: 'respond', response: errorResponse(read.target, issuer, read.error) }
    if (fitsInUrl) return { outcome: 'fits' }
    const { client, parameters } = read.request
    const { requestUri, referenceHash } = createRequestUri(createToken())
    await pushedRequests.push({ referenceHash, clientId: client.id, parameters, ttlSeconds })
    return { outcome: 'held', clientId: client.id, requestUri }
  }

export type HoldRequest = ReturnType<typeof createHoldRequest>
