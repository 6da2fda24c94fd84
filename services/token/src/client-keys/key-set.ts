/** What counts of a key set that a client registered or serves: public keys that can verify. @see RFC 7517 §5 */
import type { JSONWebKeySet, JWK } from 'jose'

const keyTypes: readonly unknown[] = ['EC', 'RSA', 'OKP']
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
const maxKeys = 100

const isUsable = (key: unknown): key is JWK =>
  typeof key === 'object' &&
  key !== null &&
  'kty' in key &&
  keyTypes.includes(key.kty) &&
  !secretMembers.some(member => member in key)

/** Keys of kinds that we do not know are passed over, and so are private ones. Undefined for what is no key set. */
export const parseKeySet = (value: unknown): JSONWebKeySet | undefined => {
  if (typeof value !== 'object' || value === null || !('keys' in value)) return undefined
  const { keys } = value
  if (!Array.isArray(keys) || keys.length > maxKeys) return undefined
  return { keys: keys.filter(isUsable) }
}
