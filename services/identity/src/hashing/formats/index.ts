/** Every kind of password hash that verifies. What is not here was never kept. */
import { readArgon2 } from './argon2.ts'
import { readBcrypt } from './bcrypt.ts'
import { readFirebaseScrypt } from './firebase-scrypt.ts'
import { readPbkdf2 } from './pbkdf2.ts'
import { readScrypt } from './scrypt.ts'
import { spellings } from './spellings.ts'
import type { ReadHash, StoredHash } from './stored-hash.ts'

export type { HashFormatName, StoredHash } from './stored-hash.ts'

const formats: readonly ReadHash[] = [readArgon2, readBcrypt, readScrypt, readPbkdf2, readFirebaseScrypt]

/** A hash as it is kept. */
export const readStoredHash = (text: string): StoredHash | undefined => {
  for (const read of formats) {
    const hash = read(text)
    if (hash !== undefined) return hash
  }
  return undefined
}

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
