/**
 * P-256 key pairs and their PEM form (PKCS #8), on Node's own cryptography.
 */
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

/** How every certificate here is signed. */
export const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }

/** A fresh P-256 pair as WebCrypto keys, and the private one as PKCS #8 PEM. */
export const generateKeyPair = async () => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const pem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()
  return { keys, pem }
}

/** Reads a PKCS #8 PEM of a P-256 key for signing. */
export const importSigningKey = (pem: string): Promise<webcrypto.CryptoKey> => {
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
}
