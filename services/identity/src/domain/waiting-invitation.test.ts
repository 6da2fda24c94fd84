import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { InvitationTokenHash } from './ids.ts'
import { createWaitingInvitations, isWaitingInvitation } from './waiting-invitation.ts'

const waiting = createWaitingInvitations(randomBytes(32))
const tokenHash = sha256Hex('the token of a mail') as InvitationTokenHash
const at = new Date('2026-11-27T12:00:00Z')
const later = (seconds: number) => new Date(at.getTime() + seconds * 1_000)

describe('the handle of an invitation that waits', () => {
  const handle = waiting.handleOf(tokenHash, 'a browser', at)

  it('opens in the browser that it was made for, for an hour', () => {
    expect(waiting.open(handle, 'a browser', at)).toBe(tokenHash)
    expect(waiting.open(handle, 'a browser', later(3_599))).toBe(tokenHash)
    expect(waiting.open(handle, 'a browser', later(3_600))).toBeUndefined()
    expect(waiting.open(handle, 'another browser', at)).toBeUndefined()
  })

  it('can be told from the handles of authorization requests, and is no longer than these may be', () => {
    expect(isWaitingInvitation(handle)).toBe(true)
    expect(isWaitingInvitation(randomBytes(32).toString('base64url'))).toBe(false)
    expect(handle.length).toBeLessThanOrEqual(128)
  })

  it('can not be made up or altered', () => {
    const other = createWaitingInvitations(randomBytes(32))
    expect(other.open(handle, 'a browser', at)).toBeUndefined()
    const bytes = Buffer.from(handle.split('.')[1] ?? '', 'base64url')
    for (const index of [0, 4, bytes.length - 1]) {
      const altered = Buffer.from(bytes)
      altered.writeUInt8(altered.readUInt8(index) ^ 1, index)
      expect(waiting.open(`invitation.${altered.toString('base64url')}`, 'a browser', at)).toBeUndefined()
    }
    for (const text of ['', 'invitation.', 'invitation.AAAA', handle.slice(0, -4)])
      expect(waiting.open(text, 'a browser', at)).toBeUndefined()
  })
})
