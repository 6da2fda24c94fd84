/** Hashes as other systems write them, for those who bring their users along. */
import { readStoredHash } from './index.ts'
import { spellings } from './spellings.ts'
import type { StoredHash } from './stored-hash.ts'

// The longest that there are, a credential of Keycloak in JSON, have some 600 characters.
const longestForeignHash = 2_048

/** A hash as any of the systems writes it that users come from; undefined where nothing here would verify it. */
export const readForeignHash = (text: string): StoredHash | undefined => {
  if (text.length > longestForeignHash) return undefined
  for (const spelling of spellings) {
    const kept = spelling(text)
    if (kept !== undefined) return readStoredHash(kept)
  }
  return readStoredHash(text)
}
