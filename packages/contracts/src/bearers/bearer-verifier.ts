/** Verifies bearers with the keys that the token service publishes on its internal port. */
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { createInternalFetch } from '@latchkey/runtime/internal-http'
import { createTokenVerifier, type FetchDocument, type TokenVerifier } from '@latchkey/sdk'

export interface BearerVerifierInit {
  /** The PUBLIC_URL of the installation. */
  readonly issuer: string
  /** Internal URLs of the token service's replicas; one that is away is passed over. */
  readonly tokenUrls: readonly [string, ...string[]]
  readonly tls: TlsMaterial
  readonly now?: () => Date
}

export interface BearerVerifier extends TokenVerifier {
  close(): Promise<void>
}

const keysPath = '/.well-known/jwks.json'

/** Every replica serves the same document: the first that answers will do. @throws the last one's failure */
const fetchFromAny =
  (replicas: readonly string[], fetch: FetchDocument): FetchDocument =>
  async (_url, init) => {
    let failure: unknown
    for (const replica of replicas) {
      try {
        return await fetch(new URL(keysPath, replica), init)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

export const createBearerVerifier = ({ issuer, tokenUrls, tls, now }: BearerVerifierInit): BearerVerifier => {
  const internal = createInternalFetch({ tls, serverName: 'token' })
  const verifier = createTokenVerifier({
    issuer,
    jwks: new URL(keysPath, tokenUrls[0]),
    fetch: fetchFromAny(tokenUrls, internal.fetch),
    ...(now === undefined ? {} : { now }),
  })
  return { ...verifier, close: internal.close }
}
