import { describe, expect, it } from '@jest/globals'
import { beginLifetime, expiresAtOf, isActive, isOver, overAtOf } from './lifetime.ts'

const lifetimes = {
  ttlSeconds: 3600,
  rememberTtlSeconds: 604_800,
  absoluteTtlSeconds: 2_592_000,
  refreshTtlSeconds: 604_800,
}
const signedInAt = new Date('2026-11-22T12:00:00Z')
const later = (seconds: number) => new Date(signedInAt.getTime() + seconds * 1000)

describe('ADR 4: how long a session lives', () => {
  const session = beginLifetime(lifetimes, false, signedInAt)

  it('is active for an hour from its last use', () => {
    expect(isActive(session, later(3599))).toBe(true)
    expect(isActive(session, later(3600))).toBe(false)
    expect(isActive({ ...session, lastAccessedAt: later(3000) }, later(6599))).toBe(true)
  })

  it('is active for a week from its last use where the user asked to be remembered', () => {
    const remembered = beginLifetime(lifetimes, true, signedInAt)
    expect(expiresAtOf(remembered)).toEqual(later(604_800))
  })

  it('is over once its refresh token is dead, not when it expires', () => {
    expect(isOver(session, lifetimes.refreshTtlSeconds, later(604_799))).toBe(false)
    expect(isOver(session, lifetimes.refreshTtlSeconds, later(604_800))).toBe(true)
  })

  it('is not over before it expires, however short refresh tokens live', () => {
    expect(overAtOf(session, 60)).toEqual(later(3600))
  })

  it('never outlives its absolute end, however it is used', () => {
    const used = { ...session, lastAccessedAt: later(2_591_999) }
    expect(expiresAtOf(used)).toEqual(later(2_592_000))
    expect(isActive(used, later(2_592_000))).toBe(false)
    expect(isOver(used, lifetimes.refreshTtlSeconds, later(2_592_000))).toBe(true)
  })
})
