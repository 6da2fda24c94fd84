/**
 * The code that a user types from a device's screen: eight letters of an alphabet without vowels (no words) and without
 * letters that look like others; 34 bits. Too few for a plain hash: who has the database could try them all, so it is
 * stored as an HMAC. @see RFC 8628 §6.1
 */
import { createHmac, type KeyObject } from 'node:crypto'
import { derivedKey } from './derived-key.ts'

const alphabet = 'BCDFGHJKLMNPQRSTVWXZ'
const length = 8
const form = new RegExp(`^[${alphabet}]{${length}}$`)

/** A fresh code, without its dash. @param randomInt a uniform whole number below `max` */
export const drawUserCode = (randomInt: (max: number) => number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** As devices show it: XXXX-XXXX. */
export const showUserCode = (userCode: string): string => `${userCode.slice(0, 4)}-${userCode.slice(4)}`

/** What somebody typed, without case, dashes and spaces; undefined for what can't be a code. */
export const parseUserCode = (typed: string): string | undefined => {
  // Longer than anybody types: not worth looking at.
  if (typed.length > 64) return undefined
  const letters = typed.toUpperCase().replaceAll(/[\s\p{Dash}.]/gu, '')
  return form.test(letters) ? letters : undefined
}

/** The key of `hashUserCode`, out of a key encryption key. */
export const userCodeKeyOf = (keyEncryptionKey: Uint8Array): KeyObject =>
  derivedKey(keyEncryptionKey, 'latchkey user code v1')

export const hashUserCode = (key: KeyObject, userCode: string): Buffer =>
  createHmac('sha256', key).update(userCode).digest()
