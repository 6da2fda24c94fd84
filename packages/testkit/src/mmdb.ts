/**
 * A small database in MaxMind's format, made of what a test says about networks: a search tree over the bits of addresses
 * (IPv4 ones below ::/96), whose leaves point at records. @see MaxMind DB File Format Specification 2.0
 */
import { writeFile } from 'node:fs/promises'
import { isIPv4 } from 'node:net'

export type MmdbValue = string | number | readonly MmdbValue[] | { readonly [name: string]: MmdbValue }

const types = { string: 2, double: 3, map: 7, uint32: 6, array: 11 } as const

const control = (type: number, size: number): Buffer => {
  if (size > 28) {
    // One more byte holds what 29 lacks; no text of ours is longer.
    if (type > 7) return Buffer.from([29, type - 7, size - 29])
    return Buffer.from([(type << 5) | 29, size - 29])
  }
  return type > 7 ? Buffer.from([size, type - 7]) : Buffer.from([(type << 5) | size])
}

const encode = (value: MmdbValue): Buffer => {
  if (typeof value === 'string') {
    const text = Buffer.from(value)
    return Buffer.concat([control(types.string, text.length), text])
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(Number.isInteger(value) && value >= 0 ? 4 : 8)
    if (bytes.length === 4) bytes.writeUInt32BE(value)
    else bytes.writeDoubleBE(value)
    return Buffer.concat([control(bytes.length === 4 ? types.uint32 : types.double, bytes.length), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([control(types.array, value.length), ...value.map(encode)])
  const members = Object.entries(value)
  return Buffer.concat([
    control(types.map, members.length),
    ...members.flatMap(([name, member]) => [encode(name), encode(member)]),
  ])
}

/** The 128 bits of an address, as the tree walks them. */
const bitsOf = (address: string): string => {
  if (isIPv4(address)) {
    const bits = address.split('.').map(part => Number(part).toString(2).padStart(8, '0'))
    return `${'0'.repeat(96)}${bits.join('')}`
  }
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) => text.split(':').filter(Boolean)
  const missing = 8 - groups(head).length - groups(tail).length
  const all = [
    ...groups(head),
    ...Array<string>(address.includes('::') ? missing : 0).fill('0'),
    ...groups(tail),
  ]
  return all.map(group => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')
}

type Node = [left: Node | number | undefined, right: Node | number | undefined]

const treeOf = (entries: readonly (readonly [cidr: string, record: number])[]): Node[] => {
  const nodes: Node[] = [[undefined, undefined]]
  for (const [cidr, record] of entries) {
    const [address = '', length = ''] = cidr.split('/')
    const bits = bitsOf(address).slice(0, (isIPv4(address) ? 96 : 0) + Number(length))
    let node = nodes[0] as Node
    for (const [depth, bit] of [...bits].entries()) {
      const side = bit === '0' ? 0 : 1
      if (depth === bits.length - 1) {
        node[side] = record
        break
      }
      const next = node[side]
      if (Array.isArray(next)) node = next
      else {
        const made: Node = [undefined, undefined]
        nodes.push(made)
        node[side] = made
        node = made
      }
    }
  }
  return nodes
}

/** Writes a file that says `networks[cidr]` of each network; networks must not lie in each other. */
export const writeMmdb = async (
  path: string,
  networks: Readonly<Record<string, MmdbValue>>,
): Promise<void> => {
  const offsets: number[] = []
  const data: Buffer[] = []
  let size = 0
  for (const record of Object.values(networks)) {
    const bytes = encode(record)
    offsets.push(size)
    data.push(bytes)
    size += bytes.length
  }
  const nodes = treeOf(Object.keys(networks).map((cidr, index) => [cidr, offsets[index] ?? 0]))
  const tree = Buffer.alloc(nodes.length * 8)
  const separatorSize = 16
  const pointer = (to: Node | number | undefined): number => {
    if (to === undefined) return nodes.length
    return Array.isArray(to) ? nodes.indexOf(to) : nodes.length + separatorSize + to
  }
  nodes.forEach(([left, right], index) => {
    tree.writeUInt32BE(pointer(left), index * 8)
    tree.writeUInt32BE(pointer(right), index * 8 + 4)
  })
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: 'Test',
    description: { en: 'made by a test' },
    ip_version: 6,
    languages: ['en'],
    node_count: nodes.length,
    record_size: 32,
  })
  const marker = Buffer.from([0xab, 0xcd, 0xef, ...Buffer.from('MaxMind.com')])
  await writeFile(path, Buffer.concat([tree, Buffer.alloc(separatorSize), ...data, marker, metadata]))
}
