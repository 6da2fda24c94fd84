/** The keys that a client registers: public ones that can verify what it signs. @see RFC 7517 §4, RFC 7591 §2 */
import { createPublicKey, type JsonWebKey } from 'node:crypto'

// RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 8037 §2: what must never leave the client.
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const minRsaBits = 2_048

/** What is wrong with a key, or undefined. */
export const publicKeyFault = (jwk: Readonly<Record<string, unknown>>): string | undefined => {
  if (privateMembers.some(name => name in jwk)) return 'must be a public key, without private members'
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    const bits = asymmetricKeyDetails?.modulusLength
    return bits === undefined || bits >= minRsaBits ? undefined : `must have at least ${minRsaBits} bits`
  } catch {
    return 'must be a public RSA, EC or OKP key'
  }
}
