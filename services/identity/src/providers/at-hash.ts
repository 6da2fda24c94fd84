/** The hash by which an ID token names the access token that it came with. @see OpenID Connect Core §3.1.3.6, §3.1.3.8 */
import { createHash } from 'node:crypto'
import { timingSafeEqualStrings } from '@latchkey/runtime/crypto'
import { decodeProtectedHeader } from 'jose'

// EdDSA has no hash in its name: Ed25519 is taken with SHA-512, as libraries do.
const hashOf = (alg: string | undefined): string =>
  alg === 'EdDSA' || alg === 'Ed25519' ? 'sha512' : `sha${alg?.slice(-3)}`

/** `atHash` is of the ID token, whose signature has been verified. */
export const isHashOf = (atHash: string, accessToken: string, idToken: string): boolean => {
  const digest = createHash(hashOf(decodeProtectedHeader(idToken).alg))
    .update(accessToken, 'ascii')
    .digest()
  return timingSafeEqualStrings(atHash, digest.subarray(0, digest.length / 2).toString('base64url'))
}
