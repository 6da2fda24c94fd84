/** Signs ID tokens, each with the algorithm of its client. @see OpenID Connect Core §2, §3.1.3.6 */
import { hash } from 'node:crypto'
import { type IdTokenInput, idTokenClaims } from '../domain/id-token.ts'
import type { Keyring } from './keyring.ts'
import { signJwt } from './sign-jwt.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

export interface IdTokenSignerDeps {
  readonly keyring: Pick<Keyring, 'getSigningKey'>
  readonly issuer: string
  readonly now: () => Date
}

/** The hash that belongs to each signature algorithm: Ed25519 is built on SHA-512 (RFC 8032 §5.1). */
const hashes = { ES256: 'sha256', RS256: 'sha256', EdDSA: 'sha512' } satisfies Record<
  SigningAlgorithm,
  string
>

/** The left half of the access token's hash. @see OpenID Connect Core §3.1.3.6 */
const atHashOf = (accessToken: string, algorithm: SigningAlgorithm): string => {
  const digest = hash(hashes[algorithm], accessToken, 'buffer')
  return digest.subarray(0, digest.length / 2).toString('base64url')
}

/** @throws NoSigningKeyError */
export const createIdTokenSigner =
  ({ keyring, issuer, now }: IdTokenSignerDeps) =>
  async (
    { accessToken, ...input }: Omit<IdTokenInput, 'atHash'> & { readonly accessToken: string },
    algorithm: SigningAlgorithm,
  ): Promise<string> => {
    const key = keyring.getSigningKey(algorithm)
    const claims = idTokenClaims({ ...input, atHash: atHashOf(accessToken, algorithm) }, issuer, now())
    return signJwt(key, 'JWT', claims)
  }

export type SignIdToken = ReturnType<typeof createIdTokenSigner>
