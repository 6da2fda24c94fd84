import { describe, expect, it } from '@jest/globals'
import { findSigningKey, isRotationDue, type KeySchedule, publishedKeys, stageOf } from './key-schedule.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)

const aKey = (from: number, until?: number): KeySchedule => ({
  publishedAt: at(from - 600),
  signsAt: at(from),
  ...(until === undefined ? {} : { retiresAt: at(until), deletesAt: at(until + 1200) }),
})

describe('the stage of a key', () => {
  it.each([
    [999, 'published'],
    [1000, 'signing'],
    [1999, 'signing'],
    [2000, 'retired'],
    [3199, 'retired'],
    [3200, 'deleted'],
  ] as const)('at %i is %s', (now, stage) => {
    expect(stageOf(aKey(1000, 2000), at(now))).toBe(stage)
  })

  it('stays signing while nothing succeeds it', () => {
    expect(stageOf(aKey(1000), at(1e9))).toBe('signing')
  })
})

describe('CHECKLIST 22: a new key is published before it signs, an old one kept while its tokens live', () => {
  const old = aKey(1000, 2000)
  const young = aKey(2000)

  it('signs with exactly one key at any instant', () => {
    expect(findSigningKey([old, young], at(1999))).toBe(old)
    expect(findSigningKey([old, young], at(2000))).toBe(young)
  })

  it('publishes both around the change', () => {
    expect(publishedKeys([old, young], at(1500))).toEqual([old, young])
    expect(publishedKeys([old, young], at(2500))).toEqual([old, young])
    expect(publishedKeys([old, young], at(3200))).toEqual([young])
  })
})

describe('rotation by age', () => {
  const policy = { publishSeconds: 600, rotationDays: 1 }

  it('begins early enough for the successor to be published in time', () => {
    expect(isRotationDue(aKey(0), at(86_400 - 601), policy)).toBe(false)
    expect(isRotationDue(aKey(0), at(86_400 - 600), policy)).toBe(true)
  })

  it('does not begin again while a successor waits', () => {
    expect(isRotationDue(aKey(86_400), at(86_400 - 300), policy)).toBe(false)
  })

  it('is due at once where the newest key was retired without a successor, even where it is off', () => {
    expect(isRotationDue(aKey(0, 100), at(10), { ...policy, rotationDays: 0 })).toBe(true)
  })

  it('is off where the days are 0', () => {
    expect(isRotationDue(aKey(0), at(1e9), { ...policy, rotationDays: 0 })).toBe(false)
  })
})
