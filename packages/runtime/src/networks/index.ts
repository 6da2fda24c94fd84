/** IP addresses and the networks that they lie in. An IPv4-mapped IPv6 address is the IPv4 address. */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Cidr = ReturnType<typeof ipaddr.parseCIDR>

/** Parses `10.0.0.0/8`, `::1` or `192.0.2.7`; throws on anything else. */
export const parseCidr = (text: string): Cidr => {
  const [address, bits] = text.includes('/')
    ? ipaddr.parseCIDR(text)
    : ipaddr.parseCIDR(`${text}/${widthOf(text)}`)
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= mappedBits
  return isMapped ? [address.toIPv4Address(), bits - mappedBits] : [address, bits]
}

const widthOf = (address: string): number => (address.includes(':') ? 128 : 32)

// ::ffff:0:0/96
const mappedBits = 96

/** No number or octal that some read as an address, and none of the interface that a link-local one was seen on. */
const parse = (text: string) => (isIP(text) === 0 ? undefined : ipaddr.process(text.split('%', 1)[0] ?? ''))

// Connections are kept for many requests, each of which has its address looked at three times.
const remembered = 1_000
const longestAddress = 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255'.length
let recent = new Map<string, ReturnType<typeof parse>>()

/** Undefined for what is no address. */
export const parseAddress = (text: string): ReturnType<typeof parse> => {
  const known = recent.get(text)
  if (known !== undefined) return known
  const parsed = parse(text)
  if (recent.size >= remembered) recent = new Map()
  // What is no address may be anything, and of any length, as may be the name of an interface behind one.
  if (parsed !== undefined && text.length <= longestAddress) recent.set(text, parsed)
  return parsed
}

/** Whether an address lies in one of the networks. */
export const isInNetworks = (address: string, networks: readonly Cidr[]): boolean => {
  const parsed = parseAddress(address)
  if (parsed === undefined) return false
  return networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))
}

/** How much of an address names its network, in bits. */
export interface PrefixBits {
  readonly ipv4: number
  readonly ipv6: number
}

/**
 * The network of that many leading bits that an address lies in, as text: two addresses lie in one where it is the same.
 * An address of nobody's is its own.
 */
export const networkOf = (address: string, bits: PrefixBits): string => {
  const parsed = parseAddress(address)
  if (parsed === undefined) return address
  const prefix = parsed.kind() === 'ipv4' ? bits.ipv4 : bits.ipv6
  const bytes = parsed.toByteArray().map((byte, index) => byte & maskOf(prefix - 8 * index))
  return `${ipaddr.fromByteArray(bytes).toString()}/${prefix}`
}

/** Of a byte of which the first `bits` are kept, all for eight and more. */
const maskOf = (bits: number): number => (bits <= 0 ? 0 : 0xff << Math.max(0, 8 - bits))

/**
 * The part of an address that one subscriber controls: an IPv4 address, or an IPv6 /64, so that rotating through a
 * home's addresses gains nothing.
 */
export const subscriberOf = (address: string): string => {
  const parsed = parseAddress(address)
  return parsed?.kind() === 'ipv6'
    ? networkOf(address, { ipv4: 32, ipv6: 64 })
    : (parsed ?? address).toString()
}

// Azure's platform, which answers every virtual machine on an address that looks like anybody's.
const metadataAddresses = ['168.63.129.16'].map(parseCidr)

// RFC 6052 §2.1: an IPv4 address, as a network that speaks IPv6 alone reaches it.
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

const embeddedIpv4 = (address: ipaddr.IPv6) =>
  address.match(nat64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : undefined

/**
 * Whether an address is somebody's on the public internet. Not so: private, loopback, link-local, shared (CGNAT),
 * multicast, reserved and documentation ranges, what clouds answer their own machines on, and tunnels (6to4, Teredo)
 * that could lead to any of these. A NAT64 address is what the IPv4 address in it is.
 *
 * @see RFC 6890, RFC 6052
 */
export const isPublicAddress = (text: string): boolean => {
  const parsed = parseAddress(text)
  if (parsed === undefined || isInNetworks(text, metadataAddresses)) return false
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast'
  if (!(parsed instanceof ipaddr.IPv6)) return false
  const inside = embeddedIpv4(parsed)
  if (inside !== undefined) return isPublicAddress(inside.toString())
  return parsed.range() === 'unicast' && parsed.match(globalUnicast)
}
