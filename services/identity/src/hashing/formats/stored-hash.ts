/** What a stored password hash is to whoever verifies one, whatever made it. */

export type HashFormatName = 'argon2' | 'bcrypt' | 'scrypt' | 'pbkdf2' | 'firebase-scrypt'

export interface StoredHash {
  readonly format: HashFormatName
  /** As it is kept: one spelling for each format, which names its own parameters. */
  readonly text: string
  /** False for parameters that would hold a thread, or its memory, for longer than a sign-in is worth. */
  readonly isAffordable: boolean
  /** Heavy: for the hashing threads. Packages that it needs are loaded by the first call. */
  readonly matches: (password: string) => boolean | Promise<boolean>
}

/** Undefined for text that is not of this format. */
export type ReadHash = (text: string) => StoredHash | undefined

/** From how another system writes a hash to how it is kept; undefined for what that system did not write. */
export type Spelling = (text: string) => string | undefined

// What one verification may take, so that whoever brings hashes can't have the threads held for minutes by guesses:
// about a second of a core, and the memory of seven hashes of our own.
export const mostMemoryBytes = 128 * 1_024 * 1_024

/** A shorter digest would be matched by too many passwords. */
export const shortestKeyBytes = 16
export const longestKeyBytes = 128
