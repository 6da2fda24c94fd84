/** As much of CBOR as an authenticator writes. @see RFC 8949 §3 */

export type Encodable = number | string | Uint8Array | ReadonlyMap<number | string, Encodable>

const head = (major: number, argument: number): Buffer => {
  if (argument < 24) return Buffer.from([(major << 5) | argument])
  if (argument < 0x100) return Buffer.from([(major << 5) | 24, argument])
  const bytes = Buffer.alloc(3, (major << 5) | 25)
  bytes.writeUInt16BE(argument, 1)
  return bytes
}

export const encodeCbor = (value: Encodable): Buffer => {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  const members = [...value].flatMap(([key, member]) => [encodeCbor(key), encodeCbor(member)])
  return Buffer.concat([head(5, value.size), ...members])
}
