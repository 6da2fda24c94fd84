// Reads a key set over HTTP. Redirects are refused: the address in the configuration is the only one trusted.
import type { JSONWebKeySet } from 'jose'
import type { FetchJwks } from './key-source.ts'

const isJwks = (value: unknown): value is JSONWebKeySet =>
  typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)

/** @throws Error where the address does not answer 200 with a JSON Web Key Set within five seconds */
export const fetchJwksFrom =
  (jwksUri: string | URL): FetchJwks =>
  async () => {
    const response = await fetch(jwksUri, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(5_000),
    })
    if (response.status !== 200) throw new Error(`The key set was answered with status ${response.status}`)
    const body: unknown = await response.json()
    if (!isJwks(body)) throw new Error('The answer is not a JSON Web Key Set')
    return body
  }
