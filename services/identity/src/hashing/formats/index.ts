/** Every kind of password hash that verifies. What is not here was never kept. The hashing threads load this, and little else. */
import { readArgon2 } from './argon2.ts'
import { readBcrypt } from './bcrypt.ts'
import { readFirebaseScrypt } from './firebase-scrypt.ts'
import { readPbkdf2 } from './pbkdf2.ts'
import { readScrypt } from './scrypt.ts'
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
