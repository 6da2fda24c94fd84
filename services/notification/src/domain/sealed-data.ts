/**
 * What only the worker may read, such as the token of a reset link: a compact JWE (RFC 7516) with a key that the
 * sender and the worker share. In the database, in Redis and in every log it is ciphertext.
 */
import { compactDecrypt, decodeProtectedHeader } from 'jose'
import { z } from 'zod'

const algorithm = 'dir'
const encryption = 'A256GCM'

/** Whether `text` looks like something that the worker could open; only the key tells whether it can. */
export const isSealedData = (text: string): boolean => {
  // Direct encryption has no encrypted key: the second of the five parts is empty (RFC 7516 §3.1).
  if (!/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return false
  try {
    const { alg, enc } = decodeProtectedHeader(text)
    return alg === algorithm && enc === encryption
  } catch {
    return false
  }
}

const secrets = z.record(z.string(), z.string())

/** Opens sealed data. The promise rejects where the key is another one or the content no object of strings. */
export const createUnseal =
  (key: Uint8Array) =>
  async (sealedData: string): Promise<Record<string, string>> => {
    const { plaintext } = await compactDecrypt(sealedData, key, {
      keyManagementAlgorithms: [algorithm],
      contentEncryptionAlgorithms: [encryption],
    })
    return secrets.parse(JSON.parse(new TextDecoder().decode(plaintext)))
  }
