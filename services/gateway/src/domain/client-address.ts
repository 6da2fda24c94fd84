/**
 * Whose request is it? The peer's address, or what trusted proxies say of it.
 *
 * X-Forwarded-For is read from the right: each entry was written by the hop before it, so an entry counts
 * only while every hop to its right is a trusted proxy. What a client wrote itself is never reached.
 */
import { type Cidr, isInNetworks, networkOf, parseAddress } from '@latchkey/runtime/networks'

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
  const entries = forwardedFor?.split(',') ?? []
  while (isInNetworks(client, trustedProxies)) {
    const next = parseAddress(withoutPort(entries.pop()?.trim() ?? ''))
    if (next === undefined) break
    client = next.toString()
  }
  return client
}

/** What is rented as one: an IPv4 /24, or an IPv6 /48, which holds 65,536 subscribers' worth of addresses. */
export const subnetOf = (address: string): string => networkOf(address, { ipv4: 24, ipv6: 48 })
