/**
 * What an application keeps beside a user: a JSON object, small enough to travel with the profile. Text that
 * Postgres' jsonb can't hold (NUL, lone surrogates) is refused here, not by a failed statement.
 */
import type { Brand } from '@latchkey/runtime/ids'
import { accepted, type Checked, refused, type Violation } from './violation.ts'

export type UserMetadata = Brand<Readonly<Record<string, unknown>>, 'UserMetadata'>

export const emptyMetadata = {} as UserMetadata

const keyLimit = 50
const depthLimit = 5
const sizeLimitBytes = 8_192

/** Takes a value out of `JSON.parse`; gives it back as it is. */
export const parseUserMetadata = (value: Readonly<Record<string, unknown>>): Checked<UserMetadata> => {
  const violations: Violation[] = []
  if (countKeys(value) > keyLimit) {
    violations.push({ code: 'metadata_too_many_keys', message: `must have at most ${keyLimit} keys` })
  }
  if (depthOf(value) > depthLimit) {
    violations.push({ code: 'metadata_too_deep', message: `must be at most ${depthLimit} levels deep` })
  }
  const text = JSON.stringify(value)
  if (Buffer.byteLength(text) > sizeLimitBytes) {
    violations.push({
      code: 'metadata_too_large',
      message: `must have at most ${sizeLimitBytes} bytes of JSON`,
    })
  }
  // JSON.stringify writes NUL and lone surrogates as escapes; an escaped backslash before them is text.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(text)) {
    violations.push({ code: 'metadata_invalid_text', message: 'must not have NUL or broken characters' })
  }
  return violations.length === 0 ? accepted(value as UserMetadata) : refused(...violations)
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null

const countKeys = (value: object): number =>
  Object.values(value)
    .filter(isNested)
    .reduce((sum, each) => sum + countKeys(each), Array.isArray(value) ? 0 : Object.keys(value).length)

const depthOf = (value: object): number =>
  1 + Math.max(0, ...Object.values(value).filter(isNested).map(depthOf))
