/**
 * Reads the CBOR that authenticators write: definite lengths, whole numbers, no tags (CTAP2 canonical form). What is
 * cut short, goes deeper than such data does, or names a member twice is refused, and nothing is guessed.
 *
 * @see RFC 8949 §3, CTAP 2.2 §8
 */

export type CborValue = number | string | boolean | null | Buffer | readonly CborValue[] | CborMap
export type CborMap = ReadonlyMap<number | string, CborValue>

export class CborError extends Error {
  override readonly name = 'CborError'
}

export interface CborItem {
  readonly value: CborValue
  /** Where the next item begins. */
  readonly end: number
}

/** Four levels are what CTAP2 allows. */
const deepest = 4

const simpleValues = new Map<number, boolean | null>([
  [20, false],
  [21, true],
  [22, null],
])

const utf8 = new TextDecoder('utf-8', { fatal: true })

const slice = (bytes: Buffer, from: number, length: number): Buffer => {
  if (from + length > bytes.length) throw new CborError('cut short')
  return bytes.subarray(from, from + length)
}

/** The number in, or behind, an initial byte. */
const readArgument = (bytes: Buffer, at: number): { argument: number; end: number } => {
  const short = (bytes[at] ?? 0) & 0x1f
  if (short < 24) return { argument: short, end: at + 1 }
  // Longer ones (8 bytes) and open ends: nothing in an authenticator's data is that long.
  if (short > 26) throw new CborError('a length that is not supported')
  const size = 2 ** (short - 24)
  return { argument: slice(bytes, at + 1, size).readUIntBE(0, size), end: at + 1 + size }
}

const decodeText = (bytes: Buffer): string => {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new CborError('text that is not UTF-8', { cause })
  }
}

const decodeArray = (bytes: Buffer, start: number, length: number, depth: number): CborItem => {
  const value: CborValue[] = []
  let end = start
  for (let index = 0; index < length; index += 1) {
    const item = decodeItem(bytes, end, depth)
    value.push(item.value)
    end = item.end
  }
  return { value, end }
}

const decodeMap = (bytes: Buffer, start: number, length: number, depth: number): CborItem => {
  const value = new Map<number | string, CborValue>()
  let end = start
  for (let index = 0; index < length; index += 1) {
    const key = decodeItem(bytes, end, depth)
    if (typeof key.value !== 'number' && typeof key.value !== 'string') throw new CborError('an odd key')
    if (value.has(key.value)) throw new CborError('a key that comes twice')
    const item = decodeItem(bytes, key.end, depth)
    value.set(key.value, item.value)
    end = item.end
  }
  return { value, end }
}

const decodeItem = (bytes: Buffer, at: number, depth: number): CborItem => {
  const [initial] = slice(bytes, at, 1)
  if (depth > deepest) throw new CborError('too deep')
  const { argument, end } = readArgument(bytes, at)
  switch ((initial ?? 0) >> 5) {
    case 0:
      return { value: argument, end }
    case 1:
      return { value: -1 - argument, end }
    case 2:
      return { value: slice(bytes, end, argument), end: end + argument }
    case 3:
      return { value: decodeText(slice(bytes, end, argument)), end: end + argument }
    case 4:
      return decodeArray(bytes, end, argument, depth + 1)
    case 5:
      return decodeMap(bytes, end, argument, depth + 1)
    default: {
      const value = simpleValues.get((initial ?? 0) - 0xe0)
      if (value === undefined) throw new CborError('a kind that is not supported')
      return { value, end }
    }
  }
}

/** The item that begins at `at`. @throws CborError */
export const decodeCborItem = (bytes: Buffer, at = 0): CborItem => decodeItem(bytes, at, 0)

/** The one map that the bytes are; undefined for everything else. */
export const decodeCborMap = (bytes: Buffer): CborMap | undefined => {
  try {
    const { value, end } = decodeCborItem(bytes)
    return value instanceof Map && end === bytes.length ? value : undefined
  } catch (error) {
    if (error instanceof CborError) return undefined
    throw error
  }
}
