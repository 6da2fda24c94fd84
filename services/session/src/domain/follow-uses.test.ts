/** The guide's false positives ("Session Hijacking Detection False Positives"), and what is none. */
import { describe, expect, it } from '@jest/globals'
import { type AddressRules, type Company, followUses, type Whereabouts } from './follow-uses.ts'
import type { Place } from './place.ts'

const start = Date.parse('2026-11-26T12:00:00Z')
const minutes = (count: number) => new Date(start + count * 60_000)

const rules: AddressRules = {
  changesAllowed: 2,
  changesWindowSeconds: 3_600,
  isStrict: false,
  reviewGraceSeconds: 300,
}
const home = '203.0.113.10'
const atHome: Whereabouts = {
  ipAddress: home,
  since: minutes(-60),
  lastAccessedAt: minutes(0),
  changes: 0,
  changesSince: undefined,
  review: undefined,
}

const far: Record<string, Place> = Object.fromEntries(
  [
    [home, 'DE', 52.52, 13.4],
    ['198.51.100.30', 'US', 40.71, -74],
    ['198.18.0.40', 'JP', 35.68, 139.69],
  ].map(([address, country, latitude, longitude]) => [
    address,
    {
      country: String(country),
      region: undefined,
      provider: undefined,
      point: { latitude: Number(latitude), longitude: Number(longitude), accuracyKm: 50 },
    },
  ]),
)

const company = (differences: Partial<Company> = {}): Company => ({
  known: new Set([home]),
  seen: new Set(),
  locate: () => undefined,
  ...differences,
})
const located = company({ locate: address => far[address] })

/** One use a minute, or as often as `everyMinutes` says. */
const goingTo = (addresses: readonly string[], everyMinutes = 1) =>
  addresses.map((ipAddress, index) => ({ ipAddress, at: minutes((index + 1) * everyMinutes) }))

const outcomes = (addresses: readonly string[], everyMinutes?: number, around = company(), by = rules) =>
  followUses(atHome, goingTo(addresses, everyMinutes), around, by).moves.map(({ outcome }) => outcome)

describe('two changes that nothing explains are allowed', () => {
  const elsewhere = ['198.51.100.1', '192.0.2.1', '198.18.0.1', '198.18.7.1']

  it('and the third flags the session, once, for its grace', () => {
    expect(outcomes(elsewhere)).toEqual(['allowed', 'allowed', 'suspicious', 'suspicious'])
    const { whereabouts } = followUses(atHome, goingTo(elsewhere), company(), rules)
    expect(whereabouts.review).toEqual({
      reason: 'unknown_address',
      flaggedAt: minutes(3),
      until: minutes(8),
    })
  })

  it.each([
    [0, ['suspicious', 'suspicious', 'suspicious', 'suspicious']],
    [1, ['allowed', 'suspicious', 'suspicious', 'suspicious']],
    [4, ['allowed', 'allowed', 'allowed', 'allowed']],
  ])('or as many as IP_CHANGE_THRESHOLD says: %i', (changesAllowed, expected) => {
    expect(outcomes(elsewhere, 1, company(), { ...rules, changesAllowed })).toEqual(expected)
  })

  it('in an hour: a day on the road is no crime', () => {
    expect(outcomes(elsewhere, 31)).toEqual(['allowed', 'allowed', 'allowed', 'allowed'])
  })
})

describe('nobody is asked, and nobody logged out', () => {
  it('for a tunnel that goes up and down all day', () => {
    const toggled = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? '198.51.100.30' : home))
    expect(outcomes(toggled, 5, located)).toEqual([
      'allowed',
      ...Array.from({ length: 19 }, () => 'ordinary'),
    ])
    expect(outcomes(toggled, 5)).toEqual(outcomes(toggled, 5, located))
  })

  it('for IPv4 and IPv6 by turns', () => {
    const turns = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? '2001:db8::1' : home))
    expect(outcomes(turns, 0.1)).toEqual(['allowed', ...Array.from({ length: 19 }, () => 'ordinary')])
  })

  it('for addresses that the user is known at', () => {
    const known = new Set([home, '198.51.100.1', '192.0.2.1', '198.18.0.1'])
    expect(new Set(outcomes([...known], 1, company({ known })))).toEqual(new Set(['ordinary']))
  })

  it('for the gateways of one carrier', () => {
    const carrier: Place = { country: 'DE', region: undefined, provider: 64_501, point: undefined }
    const gateways = ['192.0.2.1', '198.51.100.1', '198.18.0.1', '198.18.7.1', '2001:db8:9::1']
    const around = company({ locate: () => carrier })
    expect(new Set(outcomes(gateways, 0.1, around))).toEqual(new Set(['ordinary']))
  })
})

describe('somebody is asked', () => {
  it('where a place can’t be reached, after another one that could not', () => {
    expect(outcomes(['198.51.100.30', '198.18.0.40'], 5, located)).toEqual(['allowed', 'suspicious'])
  })

  it('where two use it at two ends of the world, by turns', () => {
    const turns = Array.from({ length: 4 }, (_, n) => (n % 2 === 0 ? '198.51.100.30' : home))
    const { moves } = followUses(atHome, goingTo(turns, 0.1), located, rules)
    expect(moves.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['allowed', 'impossible_travel'],
      ['ordinary', 'known_address'],
      ['suspicious', 'rapid_alternation'],
      ['ordinary', 'known_address'],
    ])
  })
})

describe('STRICT_IP_VALIDATION', () => {
  it('forbids any other address, known ones too', () => {
    const strict = { ...rules, isStrict: true }
    const known = new Set([home, '198.51.100.1'])
    expect(outcomes([home], 1, company(), strict)).toEqual([])
    expect(outcomes(['198.51.100.1'], 1, company({ known }), strict)).toEqual(['forbidden'])
  })
})

describe('uses', () => {
  it('that come late say nothing, and a first address is no change', () => {
    const { whereabouts, moves } = followUses(
      { ...atHome, ipAddress: undefined },
      [{ ipAddress: '192.0.2.1', at: minutes(-1) }, ...goingTo(['198.51.100.1'])],
      company(),
      rules,
    )
    expect(moves).toEqual([])
    expect(whereabouts).toMatchObject({ ipAddress: '198.51.100.1', changes: 0 })
  })

  it('leave an open review as it is', () => {
    const review = { reason: 'unknown_address' as const, flaggedAt: minutes(-1), until: minutes(4) }
    const flagged = { ...atHome, review, changes: 3, changesSince: minutes(-2) }
    const { whereabouts } = followUses(flagged, goingTo(['192.0.2.1', '198.18.0.1']), company(), rules)
    expect(whereabouts.review).toEqual(review)
  })
})
