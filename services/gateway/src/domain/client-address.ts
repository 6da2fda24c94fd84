/**
 * Whose request is it? The peer's address, or what trusted proxies say of it.
 *
 * X-Forwarded-For is read from the right: each entry was written by the hop before it, so an entry counts
 * only while every hop to its right is a trusted proxy. What a client wrote itself is never reached.
 */
import { type Cidr, isInNetworks, parseAddress } from '@latchkey/runtime/networks'
import ipaddr from 'ipaddr.js'

/** An entry may carry a port (`192.0.2.1:4711`, `[2001:db8::1]:4711`), as some load balancers write it. */
const withoutPort = (entry: string) =>
  entry.replace(/^\[([^\]]+)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')

/**
 * The client's address in its canonical form (IPv4-mapped IPv6 as IPv4).
 * An entry that is no address ends the walk: what lies beyond it can't be trusted.
 */
export const clientAddress = (
  peer: string,
  forwardedFor: string | undefined,
  trustedProxies: readonly Cidr[],
): string => {
  let client = parseAddress(peer)?.toString() ?? peer
  const entries = (forwardedFor ?? '').split(',').map(entry => withoutPort(entry.trim()))
  while (isInNetworks(client, trustedProxies)) {
    const next = parseAddress(entries.pop() ?? '')
    if (next === undefined) break
    client = next.toString()
  }
  return client
}

const networkOf = (address: string, bits: { readonly ipv4: number; readonly ipv6: number }): string => {
  const parsed = parseAddress(address)
  if (parsed === undefined) return address
  const kind = parsed.kind() === 'ipv4' ? 'ipv4' : 'ipv6'
  const cidr = `${parsed.toString()}/${bits[kind]}`
  const network =
    kind === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr)
  return `${network.toString()}/${bits[kind]}`
}

/**
 * The part of an address that one subscriber controls: an IPv4 address, or an IPv6 /64, so that rotating
 * through a home's addresses gains nothing.
 */
export const subscriberOf = (address: string): string =>
  parseAddress(address)?.kind() === 'ipv6' ? networkOf(address, { ipv4: 32, ipv6: 64 }) : address

/** What is rented as one: an IPv4 /24, or an IPv6 /48, which holds 65,536 subscribers' worth of addresses. */
export const subnetOf = (address: string): string => networkOf(address, { ipv4: 24, ipv6: 48 })
