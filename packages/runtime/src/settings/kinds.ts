/**
 * The kinds of settings that come up again and again. Each takes text, gives a typed value, and says in its
 * message what would have been right. Wrap the result: `secondsSetting(900).describe('…')`.
 */
import { isIP } from 'node:net'
import { z } from 'zod'

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
}

/** `true`, `yes`, `on`, `1` or `false`, `no`, `off`, `0`, in any case. */
export const booleanSetting = (byDefault: boolean) =>
  z
    .string()
    .transform((text, context) => {
      const value = truths[text.trim().toLowerCase()]
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: 'must be true or false' })
      return z.NEVER
    })
    .default(byDefault)

const integer = (min: number, max: number) =>
  z.string().transform((text, context) => {
    const value = /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
    context.addIssue({ code: 'custom', message: `must be a whole number ${range}` })
    return z.NEVER
  })

/** A whole number between `min` (0) and `max`. */
export const integerSetting = (byDefault: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) =>
  integer(min, max).default(byDefault)

/** Whole seconds. */
export const secondsSetting = integerSetting

/** A TCP port; 0 lets the system choose one. */
export const portSetting = (byDefault: number) => integer(0, 65_535).default(byDefault)

/** One of a few words, in any case: `choiceSetting(['DEBUG', 'INFO'], 'INFO')`. */
export const choiceSetting = <const Choice extends string>(
  choices: readonly Choice[],
  byDefault: NoInfer<Choice>,
) =>
  z
    .string()
    .transform((text, context): Choice => {
      const choice = choices.find(each => each.toLowerCase() === text.trim().toLowerCase())
      if (choice !== undefined) return choice
      context.addIssue({ code: 'custom', message: `must be one of ${choices.join(', ')}` })
      return z.NEVER
    })
    .prefault(byDefault)

/** An absolute URL of one of the schemes, kept as it was written but for a slash at its end. */
export const urlSetting = (schemes: readonly string[] = ['https', 'http']) =>
  z.string().transform((text, context) => {
    if (URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)))
      return text.replace(/\/$/, '')
    context.addIssue({
      code: 'custom',
      message: `must be a URL that begins with ${schemes.join(':// or ')}://`,
    })
    return z.NEVER
  })

const list = (text: string): string[] =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')

const listOf = (isValid: (item: string) => boolean, message: string) =>
  z
    .string()
    .transform((text, context): readonly string[] => {
      const items = list(text)
      if (items.every(isValid)) return items
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .default([])

const isOrigin = (item: string): boolean => {
  if (!URL.canParse(item)) return false
  const { origin, protocol } = new URL(item)
  return (protocol === 'https:' || protocol === 'http:') && origin === item
}

/**
 * Comma-separated web origins, each exactly as a browser sends it, or the `*` of a development machine; none by default.
 * @see RFC 6454 §6.2
 */
export const corsOriginsSetting = () =>
  listOf(
    // A URL may have a * in its host, which no browser's Origin has.
    item => item === '*' || (isOrigin(item) && !item.includes('*')),
    'must be origins like https://app.example.com, each whole and without a path, separated by commas, or *',
  )

const isCidr = (item: string): boolean => {
  const [address = '', prefix, ...rest] = item.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return (
    rest.length === 0 &&
    bits > 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  )
}

/** Comma-separated addresses and CIDR ranges; none by default. */
export const cidrsSetting = () =>
  listOf(isCidr, 'must be addresses or CIDR ranges like 10.0.0.0/8, separated by commas')

/** Comma-separated words; none by default. */
export const listSetting = () => listOf(() => true, '')

/** Base64 (or base64url) of exactly `bytes` bytes, such as an encryption key. */
export const base64Setting = (bytes: number) =>
  z.string().transform((text, context): Uint8Array => {
    const value = Buffer.from(text, /[-_]/.test(text) ? 'base64url' : 'base64')
    if (/^[\w+/-]+={0,2}$/.test(text) && value.length === bytes) return value
    context.addIssue({
      code: 'custom',
      message: `must be ${bytes} bytes in base64, as openssl rand -base64 ${bytes} makes`,
    })
    return z.NEVER
  })

/** Such values, separated by commas; none where nothing is set. */
export const base64ListSetting = (bytes: number) => {
  const item = base64Setting(bytes)
  return z
    .string()
    .transform((text, context): readonly Uint8Array[] => {
      const parsed = text.split(',').map(each => item.safeParse(each.trim()))
      if (parsed.every(each => each.success)) return parsed.map(each => each.data)
      context.addIssue({
        code: 'custom',
        message: `must be keys of ${bytes} bytes in base64, separated by commas`,
      })
      return z.NEVER
    })
    .default([])
}
