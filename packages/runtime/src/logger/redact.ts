/**
 * What may stand in a log line. Members whose names speak of secrets lose their values, at any depth; strings
 * lose what looks like one (tokens, credentials in URLs, secret query parameters) and full email addresses.
 */
import { maskEmails } from './mask-emails.ts'
import { isError, serializeError } from './serialize-error.ts'

export const redacted = '[redacted]'

const secretName =
  /passw(or)?d|passphrase|secret|authorization|cookie|credential|apikey|privatekey|assertion|otp$|tokens?$|tokenhash$|sealed|^code$|(user|device|authorization|verification|recovery|backup)codes?$|codeverifier|^dpop$|^pin$/

const speaksOfSecret = (name: string): boolean =>
  secretName.test(name.toLowerCase().replaceAll(/[^a-z]/g, ''))

// Names are those of our own code, but for a few that callers make up: so there is a bound, which is hardly ever met.
const remembered = 1_000
let judged = new Map<string, boolean>()

const isSecretName = (name: string): boolean => {
  const known = judged.get(name)
  if (known !== undefined) return known
  const isSecret = speaksOfSecret(name)
  if (judged.size >= remembered) judged = new Map()
  if (name.length <= 64) judged.set(name, isSecret)
  return isSecret
}

const patterns: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*){1,3}/g, redacted],
  [/\blk[a-z]{1,3}_[\w-]{16,}/g, redacted],
  [/\b(Bearer|Basic|DPoP)\s+[\w+/=.~-]{6,}/gi, `$1 ${redacted}`],
  [/(\w:\/\/[^\s/:@]*:)[^\s/@]+@/g, `$1${redacted}@`],
  [
    /((?<![\w-])(?:access_|refresh_|id_|mfa_)?token=|password=|(?<![a-z])secret=|[?&#](?:code|state)=)[^\s&#;"']+/gi,
    `$1${redacted}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
]

// What every one of the patterns, and an email address, needs to be there: hardly any text of a log line has it.
const suspicious =
  /eyJ|lk[a-z]{1,3}_|bearer|basic|dpop|:\/\/|token=|password=|secret=|code=|state=|-----BEGIN|@/i

// Beyond this a line is noise; it also bounds the work of the patterns on text that a caller made up.
const textLimit = 8_192

const cut = (text: string): string => {
  if (text.length <= textLimit) return text
  // At a space: half a secret might no longer look like one.
  const end = text.lastIndexOf(' ', textLimit)
  return `${text.slice(0, Math.max(end, 0))} […]`
}

/** Free text with secrets and full email addresses taken out, cut where it is very long. */
export const redactText = (text: string): string => {
  const short = cut(text)
  if (!suspicious.test(short)) return short
  return maskEmails(
    patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), short),
  )
}

// Deeper than any log line of ours; also what ends a cycle.
const depthLimit = 8

/** A copy of `value` that is safe to log. Errors become `{type, message, reason?, stack?, cause?}`. */
export const redact = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value
  if (depth >= depthLimit) return '[…]'
  if (isError(value)) return redact(serializeError(value), depth + 1)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof URL) return redactText(value.href)
  if (Array.isArray(value) || value instanceof Set) return [...value].map(item => redact(item, depth + 1))
  return redactMembers(value instanceof Map ? Object.fromEntries(value) : value, depth)
}

/** The members of an object, each safe to log. */
export const redactMembers = (object: object, depth = 0): Record<string, unknown> => {
  const copy: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(object)) {
    const hide = isSecretName(name) && member !== undefined && member !== null && typeof member !== 'boolean'
    copy[name] = hide ? redacted : redact(member, depth + 1)
  }
  return copy
}
