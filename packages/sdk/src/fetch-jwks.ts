/**
 * Reads a key set over HTTP. A redirect is no answer: the address in the configuration is the only one trusted. It is not
 * followed, rather than an error of `fetch`, which Workers do not know.
 */
import type { JSONWebKeySet } from 'jose'
import type { FetchJwks } from './key-source.ts'

const isJwks = (value: unknown): value is JSONWebKeySet =>
  typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)

/** As much of `fetch` as reading a key set takes, so that it can go over a connection of the caller's own. */
export type FetchDocument = (
  url: string | URL,
  init: { headers: Record<string, string>; redirect: 'manual'; signal: AbortSignal },
) => Promise<{ readonly status: number; json(): Promise<unknown> }>

/** @throws Error where the address does not answer 200 with a JSON Web Key Set within five seconds */
export const fetchJwksFrom =
  (jwksUri: string | URL, fetchDocument: FetchDocument = fetch): FetchJwks =>
  async () => {
    const response = await fetchDocument(jwksUri, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(5_000),
    })
    if (response.status !== 200) throw new Error(`The key set was answered with status ${response.status}`)
    const body: unknown = await response.json()
    if (!isJwks(body)) throw new Error('The answer is not a JSON Web Key Set')
    return body
  }
