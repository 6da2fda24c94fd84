import { describe, expect, it } from '@jest/globals'
import type { SessionId } from './ids.ts'
import { type DeviceSession, planSignIn } from './sign-in.ts'

const now = new Date('2026-11-22T12:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)
const rules = { maxConcurrentSessions: 5, terminateOldSessions: true, refreshTtlSeconds: 604_800 }

const aSession = (name: string, differences: Partial<DeviceSession> = {}): DeviceSession => ({
  id: name as SessionId,
  deviceId: `device of ${name}`,
  deviceConfirmed: false,
  fingerprint: `fingerprint of ${name}`,
  credentialVersion: 2,
  isInReview: false,
  ttlSeconds: 3600,
  lastAccessedAt: ago(60),
  endsAt: new Date('2026-12-20T12:00:00Z'),
  ...differences,
})

const aDevice = {
  deviceId: 'another device',
  isKnown: false,
  fingerprint: 'another fingerprint',
  credentialVersion: 2,
}

describe('one session per device', () => {
  it('renews the session whose cookie the device sends, wherever it is now', () => {
    const device = { ...aDevice, deviceId: 'device of phone', isKnown: true }
    expect(planSignIn([aSession('phone'), aSession('laptop')], device, rules, now).renew).toBe('phone')
  })

  it('renews by fingerprint the session of a client that keeps no cookies', () => {
    const device = { ...aDevice, fingerprint: 'fingerprint of script' }
    expect(planSignIn([aSession('script')], device, rules, now).renew).toBe('script')
  })

  it('never takes a session by fingerprint from a device that has shown its cookie', () => {
    const device = { ...aDevice, fingerprint: 'fingerprint of browser' }
    const browser = aSession('browser', { deviceConfirmed: true })
    expect(planSignIn([browser], device, rules, now).renew).toBeUndefined()
  })

  it('does not guess by fingerprint where the cookie names another device', () => {
    const device = { ...aDevice, isKnown: true, fingerprint: 'fingerprint of laptop' }
    expect(planSignIn([aSession('laptop')], device, rules, now).renew).toBeUndefined()
  })

  it('does not renew one that somebody else may have, but ends it: its tokens must not profit', () => {
    const device = { ...aDevice, deviceId: 'device of phone', isKnown: true }
    const plan = planSignIn([aSession('phone', { isInReview: true })], device, rules, now)
    expect(plan).toMatchObject({ renew: undefined, end: [{ id: 'phone', reason: 'unconfirmed' }] })
  })

  it('does not renew one that began with an earlier password, but ends it', () => {
    const device = { ...aDevice, deviceId: 'device of phone', isKnown: true, credentialVersion: 3 }
    expect(planSignIn([aSession('phone'), aSession('laptop')], device, rules, now)).toEqual({
      renew: undefined,
      end: [{ id: 'phone', reason: 'password_changed' }],
      aboveLimit: 0,
    })
  })

  it('begins a new session where the old one is over, which ends as expired', () => {
    const dead = aSession('phone', { lastAccessedAt: ago(604_801) })
    const plan = planSignIn([dead], { ...aDevice, deviceId: 'device of phone', isKnown: true }, rules, now)
    expect(plan).toEqual({ renew: undefined, end: [{ id: 'phone', reason: 'expired' }], aboveLimit: 0 })
  })
})

describe('MAX_CONCURRENT_SESSIONS', () => {
  const five = [1, 2, 3, 4, 5].map(n => aSession(`s${n}`, { lastAccessedAt: ago(n * 100) }))

  it('ends nothing below the limit', () => {
    expect(planSignIn(five.slice(0, 4), aDevice, rules, now).end).toEqual([])
  })

  it('ends the least recently used one at the limit', () => {
    expect(planSignIn(five.toReversed(), aDevice, rules, now).end).toEqual([
      { id: 's5', reason: 'concurrent_limit' },
    ])
  })

  it('ends as many as a lowered limit asks for', () => {
    const plan = planSignIn(five, aDevice, { ...rules, maxConcurrentSessions: 2 }, now)
    expect(plan.end.map(({ id }) => id)).toEqual(['s2', 's3', 's4', 's5'])
  })

  it('ends nobody else where the device already has one of the five', () => {
    const device = { ...aDevice, deviceId: 'device of s5', isKnown: true }
    expect(planSignIn(five, device, rules, now)).toEqual({ renew: 's5', end: [], aboveLimit: 0 })
  })

  it('does not count sessions that are over', () => {
    const withDead = [...five.slice(0, 4), aSession('dead', { endsAt: ago(1) })]
    expect(planSignIn(withDead, aDevice, rules, now).end).toEqual([{ id: 'dead', reason: 'expired' }])
  })

  it('TERMINATE_OLD_SESSIONS=false ends nothing and counts what is above', () => {
    const plan = planSignIn(five, aDevice, { ...rules, terminateOldSessions: false }, now)
    expect(plan).toEqual({ renew: undefined, end: [], aboveLimit: 1 })
  })
})
