/** How a pushed request is referred to. @see RFC 9126 §2.2 */
import { hashHandle } from './browser-session.ts'

const prefix = 'urn:ietf:params:oauth:request_uri:'

/** @param reference 256 random bits as text; only its hash is stored */
export const createRequestUri = (reference: string) => ({
  requestUri: prefix + reference,
  referenceHash: hashHandle(reference),
})

/** How the reference in a request_uri is stored; undefined for a request_uri that is none of ours. */
export const referenceHashOf = (requestUri: string): Buffer | undefined =>
  requestUri.startsWith(prefix) ? hashHandle(requestUri.slice(prefix.length)) : undefined
