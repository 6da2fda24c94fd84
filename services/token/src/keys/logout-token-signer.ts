/** Signs logout tokens, each with the algorithm of its client's ID tokens. @see OpenID Connect Back-Channel Logout 1.0 §2.4 */
import { SignJWT } from 'jose'
import { type LogoutNotice, logoutTokenClaims } from '../domain/logout-token.ts'
import type { Keyring } from './keyring.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

export interface LogoutTokenSignerDeps {
  readonly keyring: Pick<Keyring, 'getSigningKey'>
  readonly issuer: string
  readonly now: () => Date
}

/** @throws NoSigningKeyError */
export const createLogoutTokenSigner =
  ({ keyring, issuer, now }: LogoutTokenSignerDeps) =>
  (notice: LogoutNotice, algorithm: SigningAlgorithm): Promise<string> => {
    const { kid, privateKey } = keyring.getSigningKey(algorithm)
    return new SignJWT(logoutTokenClaims(notice, issuer, now()))
      .setProtectedHeader({ alg: algorithm, typ: 'logout+jwt', kid })
      .sign(privateKey)
  }

export type SignLogoutToken = ReturnType<typeof createLogoutTokenSigner>
