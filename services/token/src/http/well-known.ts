/** Keys and metadata: public, cacheable, served from memory. @see RFC 7517 §5, RFC 8414 §3, OpenID Connect Discovery §4 */
import type { Route } from '@latchkey/runtime/http'
import { createMetadata, metadataPaths, standardScopes } from '../domain/metadata.ts'
import type { Keyring } from '../keys/keyring.ts'
import { serveCacheableJson } from './cacheable-json.ts'

/** How long a cache may keep the keys; a new key is published for longer than that before it signs. */
export const jwksMaxAgeSeconds = 300
const metadataMaxAgeSeconds = 300

export interface WellKnownDeps {
  readonly publicUrl: string
  /** Whether clients can register themselves. */
  readonly hasRegistration: boolean
  readonly keyring: Pick<Keyring, 'getJwks'>
  /** The active ones. */
  readonly findScopes: () => Promise<readonly { readonly name: string }[]>
}

/** Those of Latchkey's own that no operator has switched off, as of the last look: nobody waits for the store. */
const watchScopes = (findScopes: WellKnownDeps['findScopes']): (() => readonly string[]) => {
  let names = standardScopes
  const look = async () => {
    const active = new Set((await findScopes()).map(({ name }) => name))
    names = standardScopes.filter(name => active.has(name))
  }
  const lookAside = () => void look().catch(() => undefined)
  lookAside()
  return () => {
    lookAside()
    return names
  }
}

export const createWellKnownRoutes = (deps: WellKnownDeps): Route[] => {
  const { publicUrl, hasRegistration, keyring } = deps
  const scopes = watchScopes(deps.findScopes)
  const metadata = {
    contentType: 'application/json',
    maxAgeSeconds: metadataMaxAgeSeconds,
    read: () => createMetadata(publicUrl, { hasRegistration, scopes: scopes() }),
  }
  const documents = {
    'jwks.json': {
      contentType: 'application/jwk-set+json',
      maxAgeSeconds: jwksMaxAgeSeconds,
      read: keyring.getJwks,
    },
    'oauth-authorization-server': metadata,
    'openid-configuration': metadata,
  }
  return Object.entries(documents).flatMap(([name, document]) =>
    metadataPaths(publicUrl, name).map(
      (path): Route => ({ method: 'GET', path, handler: serveCacheableJson(document) }),
    ),
  )
}
