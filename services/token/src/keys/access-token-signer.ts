/** Signs access tokens with the key whose turn it is. @see RFC 9068 §2 */
import { createUuid } from '@latchkey/runtime/ids'
import { SignJWT } from 'jose'
import { type AccessTokenPolicy, accessTokenClaims, type Grant } from '../domain/access-token.ts'
import type { Keyring } from './keyring.ts'

export interface SignedAccessToken {
  readonly accessToken: string
  readonly expiresInSeconds: number
}

export interface AccessTokenSignerDeps {
  readonly keyring: Pick<Keyring, 'getSigningKey'>
  readonly policy: AccessTokenPolicy
  readonly now: () => Date
}

/** @throws NoSigningKeyError */
export const createAccessTokenSigner =
  ({ keyring, policy, now }: AccessTokenSignerDeps) =>
  async (grant: Grant): Promise<SignedAccessToken> => {
    const { kid, algorithm, privateKey } = keyring.getSigningKey()
    const claims = accessTokenClaims(grant, policy, createUuid(), now())
    const accessToken = await new SignJWT({ ...claims, amr: [...claims.amr] })
      .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid })
      .sign(privateKey)
    return { accessToken, expiresInSeconds: claims.exp - claims.iat }
  }

export type SignAccessToken = ReturnType<typeof createAccessTokenSigner>
