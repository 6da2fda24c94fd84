/**
 * What a session's move to another address says about who uses it. Pure: the evidence is handed in, one judgement comes out.
 *
 * Addresses of honest people change all the time: phones leave the Wi-Fi, carriers move them between gateways, machines
 * speak IPv4 and IPv6 by turns, tunnels go up and down. So what can be explained counts nothing, what can't is allowed a
 * few times, and only beyond that is the owner asked (ADR 21).
 */
import { networkOf } from '@latchkey/runtime/networks'
import { type Locate, leastDistanceKm, type Place } from './place.ts'

/** What a move is explained by, or why it is not; the most telling one first decides. */
export type ChangeReason =
  | 'known_address'
  | 'known_network'
  | 'same_provider'
  | 'same_region'
  | 'seen_in_session'
  | 'unknown_address'
  | 'other_region'
  | 'impossible_travel'
  | 'rapid_alternation'

/** How much each says, of 100, and how many of the allowed changes it uses up. */
const weights = {
  known_address: { score: 0, changes: 0 },
  known_network: { score: 5, changes: 0 },
  same_provider: { score: 10, changes: 0 },
  same_region: { score: 15, changes: 0 },
  seen_in_session: { score: 25, changes: 0 },
  unknown_address: { score: 50, changes: 1 },
  other_region: { score: 60, changes: 1 },
  rapid_alternation: { score: 80, changes: 1 },
  // A tunnel looks the same: so it is allowed once, and then nothing else is.
  impossible_travel: { score: 90, changes: 2 },
} as const satisfies Record<ChangeReason, { score: number; changes: number }>

export interface Use {
  readonly at: Date
  readonly ipAddress: string
}

export interface Evidence {
  /** Where the session was used last, and since when it was there. */
  readonly from: Use & { readonly since: Date }
  readonly to: Use
  /** Addresses that the user is known at. */
  readonly known: ReadonlySet<string>
  /** Those that this session came from before, without having shown that they are the user's. */
  readonly seen: ReadonlySet<string>
  readonly locate: Locate
}

export interface Judgement {
  readonly reason: ChangeReason
  readonly score: number
  /** How many of the allowed changes it uses up. */
  readonly changes: number
}

// What one household or office has: an IPv4 /24 by custom, an IPv6 /64 by RFC 6177.
const networkBits = { ipv4: 24, ipv6: 64 }
/** Faster than any airliner, with its way to the airport left out. */
const fastestKmPerHour = 1_000
/** Nobody switches a tunnel off and on again so quickly; two people at two places take turns like this. */
const shortStaySeconds = 10

const isSameProvider = (a: Place, b: Place): boolean =>
  a.provider !== undefined && a.provider === b.provider && a.country === b.country

/** Carriers let a whole country's phones out at one place, so within a country a far point is no other region. */
const nearKm = 1_000

const isSameRegion = (a: Place, b: Place): boolean => {
  if (a.country === undefined || a.country !== b.country) return false
  if (a.region !== undefined && a.region === b.region) return true
  return a.point === undefined || b.point === undefined || leastDistanceKm(a.point, b.point) < nearKm
}

const isImpossible = (from: Place, to: Place, hours: number): boolean =>
  from.point !== undefined &&
  to.point !== undefined &&
  leastDistanceKm(from.point, to.point) > fastestKmPerHour * hours

const findReason = ({ from, to, known, seen, locate }: Evidence): ChangeReason => {
  if (known.has(to.ipAddress)) return 'known_address'
  const network = networkOf(to.ipAddress, networkBits)
  const trusted = [from.ipAddress, ...known]
  if (trusted.some(address => networkOf(address, networkBits) === network)) return 'known_network'
  const place = locate(to.ipAddress)
  const origin = locate(from.ipAddress)
  const places =
    place === undefined ? [] : [origin, ...[...known].map(locate)].filter(each => each !== undefined)
  if (place !== undefined && places.some(each => isSameProvider(each, place))) return 'same_provider'
  if (place !== undefined && places.some(each => isSameRegion(each, place))) return 'same_region'
  const seconds = (from: Date, to: Date) => Math.max(0, to.getTime() - from.getTime()) / 1_000
  const isFar =
    place !== undefined &&
    origin !== undefined &&
    isImpossible(origin, place, seconds(from.at, to.at) / 3_600)
  if (seen.has(to.ipAddress))
    return isFar && seconds(from.since, to.at) < shortStaySeconds ? 'rapid_alternation' : 'seen_in_session'
  if (isFar) return 'impossible_travel'
  return place !== undefined && places.length > 0 ? 'other_region' : 'unknown_address'
}

export const judgeChange = (evidence: Evidence): Judgement => {
  const reason = findReason(evidence)
  return { reason, ...weights[reason] }
}
