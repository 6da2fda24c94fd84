/** What a user is called: any script, one line, nothing invisible that could rewrite the text around it. */
import type { Brand } from '@latchkey/runtime/ids'
import type { EmailAddress } from './email-address.ts'
import { composeUpTo } from './normal-form.ts'
import { accepted, type Checked, refused } from './violation.ts'

export type UserName = Brand<string, 'UserName'>

const limit = 100
// Controls, line and paragraph separators, and the characters that turn the direction of text (Trojan Source).
const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

// Fillers, joiners and tags show nothing by themselves, and belong into names beside what does.
const blank = /^[\p{Default_Ignorable_Code_Point}\p{Z}\u2800]*$/u

/** Trimmed and in NFC; from 1 to 100 characters, counted as code points. */
export const parseUserName = (text: string): Checked<UserName> => {
  const name = composeUpTo(limit, text.trim())
  if (name === '') return refused({ code: 'name_required', message: 'must not be empty' })
  if (name === undefined || [...name].length > limit) {
    return refused({ code: 'name_too_long', message: `must have at most ${limit} characters`, limit })
  }
  if (forbidden.test(name) || !name.isWellFormed()) {
    return refused({ code: 'name_invalid', message: 'must not have control characters' })
  }
  if (blank.test(name)) return refused({ code: 'name_required', message: 'must not be empty' })
  return accepted(name as UserName)
}

/**
 * What people are called who have not said anything else: what stands before the @. Every local part that an address may
 * have (1 to 64 visible characters of ASCII) is a name.
 */
export const nameOfAddress = (email: EmailAddress): UserName =>
  email.slice(0, email.lastIndexOf('@')) as string as UserName
