import { describe, expect, it } from '@jest/globals'
import { createUuid, isUuid } from './index.ts'

describe('RFC 9562 §5.7: UUIDv7', () => {
  it('sorts by the time at which it was made', () => {
    const ids = Array.from({ length: 1_000 }, () => createUuid())
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(1_000)
  })

  it('is told from what is not one', () => {
    expect(isUuid(createUuid())).toBe(true)
    for (const other of ['', 'mine', '01890f5e', `${createUuid()}x`, `{${createUuid()}}`, 5, undefined]) {
      expect(isUuid(other)).toBe(false)
    }
  })
})
