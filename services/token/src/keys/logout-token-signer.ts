/** Signs logout tokens, each with the algorithm of its client's ID tokens. @see OpenID Connect Back-Channel Logout 1.0 §2.4 */
import { type LogoutNotice, logoutTokenClaims } from '../domain/logout-token.ts'
import type { Keyring } from './keyring.ts'
import { signJwt } from './sign-jwt.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

export interface LogoutTokenSignerDeps {
  readonly keyring: Pick<Keyring, 'getSigningKey'>
  readonly issuer: string
  readonly now: () => Date
}

/** @throws NoSigningKeyError */
export const createLogoutTokenSigner =
  ({ keyring, issuer, now }: LogoutTokenSignerDeps) =>
  async (notice: LogoutNotice, algorithm: SigningAlgorithm): Promise<string> =>
    signJwt(keyring.getSigningKey(algorithm), 'logout+jwt', logoutTokenClaims(notice, issuer, now()))
