/**
 * An invitation that waits in a browser while somebody signs in or registers there. Its handle stands in URLs in the place
 * of the token of the mail: only who has opened the mail's link is given one, it is worth nothing in another browser, and
 * nothing after an hour. No store holds it: a keyed hash says that it is ours.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { InvitationTokenHash } from './ids.ts'

// Handles of authorization requests are base64url and have no dot.
const prefix = 'invitation.'

const lifetimeSeconds = 3_600

const [instantBytes, hashBytes] = [4, 32]
const payloadBytes = instantBytes + hashBytes

export const isWaitingInvitation = (handle: string): boolean => handle.startsWith(prefix)

/** `key`: 32 bytes that every replica has. */
export const createWaitingInvitations = (key: Uint8Array) => {
  const ownKey = new Uint8Array(hkdfSync('sha256', key, '', 'latchkey waiting invitation v1', 32))
  const macOf = (payload: Uint8Array, rawBrowser: string): Buffer =>
    createHmac('sha256', ownKey).update(payload).update(rawBrowser).digest()

  return {
    handleOf: (tokenHash: InvitationTokenHash, rawBrowser: string, at: Date): string => {
      const payload = Buffer.alloc(payloadBytes)
      payload.writeUInt32BE(Math.floor(at.getTime() / 1_000) + lifetimeSeconds)
      payload.write(tokenHash, instantBytes, 'hex')
      return prefix + Buffer.concat([payload, macOf(payload, rawBrowser)]).toString('base64url')
    },

    /** Undefined where it is over, another browser's, or none of ours. */
    open: (handle: string, rawBrowser: string, at: Date): InvitationTokenHash | undefined => {
      if (!isWaitingInvitation(handle)) return undefined
      const bytes = Buffer.from(handle.slice(prefix.length), 'base64url')
      const payload = bytes.subarray(0, payloadBytes)
      const [mac, expected] = [bytes.subarray(payloadBytes), macOf(payload, rawBrowser)]
      if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return undefined
      if (payload.readUInt32BE() * 1_000 <= at.getTime()) return undefined
      return payload.toString('hex', instantBytes) as InvitationTokenHash
    },
  }
}

export type WaitingInvitations = ReturnType<typeof createWaitingInvitations>
