/**
 * Recovery codes, for who has lost the second factor: 125 random bits each, written so that nobody mistakes a letter.
 * That is enough for a plain SHA-256 at rest. @see ASVS 5.0 6.5.2, which asks for 112
 */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { RecoveryCodeHash } from './ids.ts'

export const recoveryCodesPerSet = 10

/** So few left that their owner is told to make new ones. */
export const fewRecoveryCodes = 3

/** Codes that somebody has been shown, and that do not count yet. */
export interface ProposedRecoveryCodes {
  readonly codes: readonly string[]
  /** When the set was made that they are to take the place of; null where there was none. */
  readonly replaces: Date | null
}

// Without i, l, o and u, as Crockford's base32.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const groups = 5
const groupLength = 5

/** One random byte for each character. */
export const recoveryCodeBytes = groups * groupLength

/** `xxxxx-xxxxx-xxxxx-xxxxx-xxxxx` */
export const formatRecoveryCode = (random: Uint8Array): string => {
  const characters = Array.from(random.subarray(0, recoveryCodeBytes), byte => alphabet[byte % 32]).join('')
  return (characters.match(/.{5}/g) ?? []).join('-')
}

/** Undefined for what can be no recovery code. Case, spaces, hyphens and letters that look like digits don't matter. */
export const parseRecoveryCode = (text: string): string | undefined => {
  const code = text.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1')
  return code.length === recoveryCodeBytes && [...code].every(each => alphabet.includes(each))
    ? code
    : undefined
}

/** @param code as `parseRecoveryCode` gives it */
export const hashRecoveryCode = (code: string): RecoveryCodeHash =>
  sha256Hex(`latchkey recovery code\0${code}`) as RecoveryCodeHash
