/**
 * A request that came in a form and fits in no URL. It is checked and kept as if the client had pushed it, so that the
 * browser can come back with it by GET, and with its cookies.
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

export type HeldRequest =
  | { readonly outcome: 'respond'; readonly response: AuthorizationResponse }
  | { readonly outcome: 'held'; readonly clientId: ClientId; readonly requestUri: string }

/** @throws OAuthError what no client may be told by redirect */
export const createHoldRequest =
  ({ rules, pushedRequests, createToken, issuer, ttlSeconds }: HoldRequestDeps) =>
  async (lists: OAuthParameters): Promise<HeldRequest> => {
    const read = await rules.readNew(lists)
    if (read.outcome === 'refused')
      return { outcome: 'respond', response: errorResponse(read.target, issuer, read.error) }
    const { client, parameters } = read.request
    const { requestUri, referenceHash } = createRequestUri(createToken())
    await pushedRequests.push({ referenceHash, clientId: client.id, parameters, ttlSeconds })
    return { outcome: 'held', clientId: client.id, requestUri }
  }

export type HoldRequest = ReturnType<typeof createHoldRequest>
