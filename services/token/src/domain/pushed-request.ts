/** A request that was pushed, or held for a browser: what is kept of it, and how it is referred to. @see RFC 9126 §2.2 */
import type { OAuthParameters } from '@latchkey/oauth'
import { hashSecret } from './hash-secret.ts'
import type { ClientId } from './ids.ts'

export interface PushedRequestKey {
  /** SHA-256 of the reference in the request_uri. */
  readonly referenceHash: Buffer
  readonly clientId: ClientId
}

export interface NewPushedRequest extends PushedRequestKey {
  readonly parameters: OAuthParameters
  readonly ttlSeconds: number
}

export interface FoundRequest {
  readonly parameters: OAuthParameters
  /** Used before, or over: it counts no more, and tells only where to say so. */
  readonly isSpent: boolean
}

const prefix = 'urn:ietf:params:oauth:request_uri:'

/** @param reference 256 random bits as text; only its hash is stored */
export const createRequestUri = (reference: string) => ({
  requestUri: prefix + reference,
  referenceHash: hashSecret(reference),
})

/** How the reference in a request_uri is stored; undefined for a request_uri that is none of ours. */
export const referenceHashOf = (requestUri: string): Buffer | undefined =>
  requestUri.startsWith(prefix) ? hashSecret(requestUri.slice(prefix.length)) : undefined
