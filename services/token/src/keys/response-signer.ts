/** Signs answers of endpoints for the client that asked. Each kind has its `typ`, so that none passes for another. */
import type { Keyring } from './keyring.ts'
import { signJwt } from './sign-jwt.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

export interface ResponseSignerDeps {
  readonly keyring: Pick<Keyring, 'getSigningKey'>
  readonly issuer: string
}

export interface SignedResponse {
  readonly typ: 'JWT' | 'token-introspection+jwt'
  /** The client's id. */
  readonly audience: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly algorithm: SigningAlgorithm
}

/** @throws NoSigningKeyError @see OpenID Connect Core §5.3.2, RFC 9701 §5 */
export const createResponseSigner =
  ({ keyring, issuer }: ResponseSignerDeps) =>
  async ({ typ, audience, claims, algorithm }: SignedResponse): Promise<string> => {
    const key = keyring.getSigningKey(algorithm)
    return signJwt(key, typ, { ...claims, iss: issuer, aud: audience })
  }

export type SignResponse = ReturnType<typeof createResponseSigner>
