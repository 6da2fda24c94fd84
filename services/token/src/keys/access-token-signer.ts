/** Signs access tokens with the key whose turn it is. @see RFC 9068 §2 */
import { createUuid } from '@latchkey/runtime/ids'
import { type AccessTokenInput, type AccessTokenPolicy, accessTokenClaims } from '../domain/access-token.ts'
import type { Keyring } from './keyring.ts'
import { signJwt } from './sign-jwt.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

export interface SignedAccessToken {
  readonly accessToken: string
  readonly jti: string
  readonly expiresInSeconds: number
}

export interface AccessTokenSignerDeps {
  readonly keyring: Pick<Keyring, 'getPublishedSigningKey'>
  readonly algorithm: SigningAlgorithm
  readonly policy: AccessTokenPolicy
  readonly now: () => Date
}

/** @throws NoSigningKeyError */
export const createAccessTokenSigner =
  ({ keyring, algorithm, policy, now }: AccessTokenSignerDeps) =>
  async (input: AccessTokenInput): Promise<SignedAccessToken> => {
    const key = keyring.getPublishedSigningKey(algorithm)
    const jti = createUuid()
    const claims = accessTokenClaims(input, policy, jti, now())
    const accessToken = await signJwt(key, 'at+jwt', claims)
    return { accessToken, jti, expiresInSeconds: claims.exp - claims.iat }
  }

export type SignAccessToken = ReturnType<typeof createAccessTokenSigner>
