/**
 * k-anonymity: five digits of a password's SHA-1 are asked for, and the digits of all breached passwords that begin so come
 * back. Who answers learns one of a million groups. @see NIST SP 800-63B-4 §3.1.1.2, https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
 */
import { createHash } from 'node:crypto'
import type { RawPassword } from './password-text.ts'

export interface BreachQuestion {
  /** The only digits that leave the process. */
  readonly prefix: string
  readonly suffix: string
}

export const breachQuestionOf = (password: RawPassword): BreachQuestion => {
  const digest = createHash('sha1').update(password).digest('hex').toUpperCase()
  return { prefix: digest.slice(0, 5), suffix: digest.slice(5) }
}

/** The suffixes of an answer: lines of `suffix:count`. A count of 0 is padding, which hides how long the answer is. */
export const parseBreachedSuffixes = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split('\n')
      .map(line => /^([\dA-F]{35}):(\d+)\s*$/i.exec(line))
      .filter(match => match !== null && Number(match[2]) > 0)
      .map(match => (match?.[1] ?? '').toUpperCase()),
  )
