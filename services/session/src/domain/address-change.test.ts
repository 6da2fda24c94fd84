import { describe, expect, it } from '@jest/globals'
import { type ChangeReason, type Evidence, judgeChange } from './address-change.ts'
import type { Place } from './place.ts'

const place = (country: string, latitude: number, longitude: number, provider: number): Place => ({
  country,
  region: undefined,
  provider,
  point: { latitude, longitude, accuracyKm: 50 },
})

/** Addresses of documentation networks, and where this file's world has them. */
const world: Record<string, Place> = {
  // Berlin, by its cable company, and by a mobile carrier whose phones all come out in Frankfurt.
  '203.0.113.10': place('DE', 52.52, 13.4, 64_500),
  '203.0.113.99': place('DE', 52.52, 13.4, 64_500),
  '2001:db8:1::1': place('DE', 52.52, 13.4, 64_500),
  '192.0.2.20': place('DE', 50.11, 8.68, 64_501),
  '192.88.99.20': place('DE', 50.11, 8.68, 64_501),
  // The same carrier, abroad; a tunnel in New York; another in Warsaw.
  '198.51.100.30': place('US', 40.71, -74, 64_510),
  '198.51.101.31': place('US', 34.05, -118.24, 64_511),
  '198.18.0.40': place('PL', 52.23, 21.01, 64_520),
}

const start = Date.parse('2026-11-26T12:00:00Z')
const minutes = (count: number) => new Date(start + count * 60_000)

interface Journey {
  readonly from?: string
  readonly to: string
  readonly after?: number
  readonly stay?: number
  readonly known?: readonly string[]
  readonly seen?: readonly string[]
  readonly located?: boolean
}

const aChange = ({
  from = '203.0.113.10',
  to,
  after = 1,
  stay = 60,
  known = ['203.0.113.10'],
  seen = [],
  located = true,
}: Journey): Evidence => ({
  from: { ipAddress: from, at: minutes(0), since: minutes(after - stay) },
  to: { ipAddress: to, at: minutes(after) },
  known: new Set(known),
  seen: new Set(seen),
  locate: address => (located ? world[address] : undefined),
})

describe('a change of address, where a database says where addresses are', () => {
  const table: readonly (readonly [what: string, journey: Journey, reason: ChangeReason])[] = [
    [
      'back at an address that the user is known at',
      { from: '198.51.100.30', to: '203.0.113.10' },
      'known_address',
    ],
    ['the router at home got another address', { to: '203.0.113.200' }, 'known_network'],
    [
      'IPv6 privacy addresses of one home',
      { from: '2001:db8:1::1', to: '2001:db8:1::abcd' },
      'known_network',
    ],
    ['from IPv4 to IPv6 of one provider', { to: '2001:db8:1::1' }, 'same_provider'],
    ['from the Wi-Fi at home to a mobile carrier', { to: '192.0.2.20' }, 'same_region'],
    [
      'the carrier moves the phone to another gateway',
      { from: '192.0.2.20', to: '192.88.99.20', known: [] },
      'same_provider',
    ],
    ['home from a tunnel, but by mobile', { from: '198.51.100.30', to: '192.0.2.20' }, 'same_region'],
    ['a tunnel goes up', { to: '198.51.100.30' }, 'impossible_travel'],
    ['a tunnel goes up once more', { to: '198.51.100.30', seen: ['198.51.100.30'] }, 'seen_in_session'],
    [
      'two at two places take turns',
      { to: '198.51.100.30', seen: ['198.51.100.30'], stay: 0.1, after: 0.1 },
      'rapid_alternation',
    ],
    ['a flight, in the time that one takes', { to: '198.51.100.30', after: 600 }, 'other_region'],
    ['the same flight in an hour', { to: '198.51.100.30', after: 60 }, 'impossible_travel'],
    ['a train to the next country', { to: '198.18.0.40', after: 300 }, 'other_region'],
    [
      'coast to coast in a minute',
      { from: '198.51.100.30', to: '198.51.101.31', known: [] },
      'impossible_travel',
    ],
    ['to where nobody knows', { to: '198.18.99.99' }, 'unknown_address'],
    ['from where nobody knows', { from: '198.18.99.99', to: '198.18.0.40', known: [] }, 'unknown_address'],
  ]
  it.each(table)('%s: %#', (_what, journey, reason) => {
    expect(judgeChange(aChange(journey)).reason).toBe(reason)
  })
})

describe('a change of address, without such a database', () => {
  it.each<readonly [string, Journey, ChangeReason]>([
    ['an address that the user is known at', { to: '192.0.2.20', known: ['192.0.2.20'] }, 'known_address'],
    ['a neighbour of one, IPv4 /24', { to: '192.0.2.21', known: ['192.0.2.20'] }, 'known_network'],
    ['a neighbour of one, IPv6 /64', { to: '2001:db8::2', known: ['2001:db8::1'] }, 'known_network'],
    ['the /64 beside', { to: '2001:db8:0:1::2', known: ['2001:db8::1'] }, 'unknown_address'],
    ['another address', { to: '198.51.100.30' }, 'unknown_address'],
    [
      'one that the session has come from before',
      { to: '198.51.100.30', seen: ['198.51.100.30'] },
      'seen_in_session',
    ],
  ])('%s', (_what, journey, reason) => {
    expect(judgeChange(aChange({ ...journey, located: false })).reason).toBe(reason)
  })
})

describe('what it weighs', () => {
  it('is nothing where it is explained, and the more the less it can be', () => {
    const weigh = (journey: Journey) => judgeChange(aChange(journey))
    expect(weigh({ to: '203.0.113.10', from: '198.51.100.30' })).toMatchObject({ score: 0, changes: 0 })
    expect(weigh({ to: '192.0.2.20' })).toMatchObject({ score: 15, changes: 0 })
    expect(weigh({ to: '198.18.99.99' })).toMatchObject({ score: 50, changes: 1 })
    expect(weigh({ to: '198.51.100.30' })).toMatchObject({ score: 90, changes: 2 })
  })
})
