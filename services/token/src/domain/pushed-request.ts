/** How a pushed request is referred to. @see RFC 9126 §2.2 */
import { hashSecret } from './hash-secret.ts'

const prefix = 'urn:ietf:params:oauth:request_uri:'

/** @param reference 256 random bits as text; only its hash is stored */
export const createRequestUri = (reference: string) => ({
  requestUri: prefix + reference,
  referenceHash: hashSecret(reference),
})

/** How the reference in a request_uri is stored; undefined for a request_uri that is none of ours. */
export const referenceHashOf = (requestUri: string): Buffer | undefined =>
  requestUri.startsWith(prefix) ? hashSecret(requestUri.slice(prefix.length)) : undefined
