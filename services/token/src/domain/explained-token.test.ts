import { describe, expect, it } from '@jest/globals'
import { stateOfRefreshToken } from './explained-token.ts'

const now = new Date('2026-01-15T12:00:00Z')
const later = new Date(now.getTime() + 1)

describe('the state of a refresh token', () => {
  it.each([
    ['live', { isCurrent: true, expiresAt: later, endedAt: undefined }],
    ['expired', { isCurrent: true, expiresAt: now, endedAt: undefined }],
    ['used', { isCurrent: false, expiresAt: later, endedAt: undefined }],
    ['ended', { isCurrent: true, expiresAt: later, endedAt: now }],
    ['ended', { isCurrent: false, expiresAt: now, endedAt: now }],
  ] as const)('is %s for %j', (state, record) => {
    expect(stateOfRefreshToken(record, now)).toBe(state)
  })
})
