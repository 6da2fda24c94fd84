/**
 * `application/x-www-form-urlencoded` text, strictly: a parameter that comes twice is refused, since two
 * readers could pick different ones; one without a value is absent. @see draft OAuth 2.1 §3.1
 */
import { badRequest } from '../problem/index.ts'

export interface ParametersOptions {
  /**
   * Names that may come more than once, such as `resource` (RFC 8707 §2); their values are lists. `all`: any, for a
   * reader that has its own way to refuse.
   */
  readonly repeatable?: readonly string[] | 'all'
}

export type Parameters = Readonly<Record<string, string | readonly string[]>>

/** @throws Problem 400 `MALFORMED_PARAMETERS` or `DUPLICATE_PARAMETER`. */
export const parseParameters = (text: string, { repeatable = [] }: ParametersOptions = {}): Parameters => {
  const single = new Map<string, string>()
  const lists = new Map<string, string[]>()
  for (const pair of text.split('&')) {
    const split = pair.indexOf('=')
    const name = decode(split < 0 ? pair : pair.slice(0, split))
    const value = split < 0 ? '' : decode(pair.slice(split + 1))
    if (name === '' || value === '') continue
    if (repeatable === 'all' || repeatable.includes(name)) {
      // Added to, not copied: a body of one name a thousand times over would cost the square of its length.
      const values = lists.get(name)
      if (values === undefined) lists.set(name, [value])
      else values.push(value)
    } else if (single.has(name)) {
      throw badRequest(`The parameter ${nameable(name)} comes more than once`, 'DUPLICATE_PARAMETER')
    } else {
      single.set(name, value)
    }
  }
  // Without a prototype, so that a parameter named `__proto__` is one like any other.
  return Object.assign(Object.create(null), Object.fromEntries([...single, ...lists]))
}

/** Most names and many values stand for themselves. */
const isEncoded = /[%+\0\x80-\xff]/

const decode = (text: string): string => {
  if (!isEncoded.test(text)) return text
  try {
    // Bytes above ASCII ought to be escaped; some clients send raw UTF-8, which latin1 text still holds.
    const raw = /[\x80-\xff]/.test(text)
      ? new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
      : text
    const value = decodeURIComponent(raw.replaceAll('+', ' '))
    if (!value.includes('\0')) return value
  } catch {
    // Falls through to the same answer.
  }
  throw badRequest('The parameters are not valid percent-encoded UTF-8', 'MALFORMED_PARAMETERS')
}

// A name is repeated in the answer only where it can't be a pasted secret or markup.
const nameable = (name: string): string => (/^[a-z_]{1,40}$/.test(name) ? name : '(unnamed)')
