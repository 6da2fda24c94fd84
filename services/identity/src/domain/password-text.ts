/**
 * Passwords as text. NFC, so that one password typed on two keyboards is one password; counted in code points;
 * never trimmed, never truncated. @see NIST SP 800-63B-4 §3.1.1.2, RFC 8265 §4.2
 */
import type { Brand } from '@latchkey/runtime/ids'
import { composeUpTo } from './normal-form.ts'

/** A password in clear text, normalised. It goes to the hasher and nowhere else. */
export type RawPassword = Brand<string, 'RawPassword'>

/** The most characters of a password that can be chosen. SP 800-63B-4 §3.1.1.2 asks for at least 64. */
export const maxPasswordLength = 128

/** For text that is known to be well-formed. What is too long for a password stays as it is, and is none. */
export const normalizePassword = (text: string): RawPassword =>
  (composeUpTo(maxPasswordLength, text) ?? text) as RawPassword

/** Undefined for text with lone surrogates: as UTF-8 they would all become the same replacement character. */
export const parseRawPassword = (text: string): RawPassword | undefined =>
  text.isWellFormed() ? normalizePassword(text) : undefined

/** In code points, as SP 800-63B-4 §3.1.1.2 counts. */
export const lengthOf = (password: RawPassword): number => [...password].length
