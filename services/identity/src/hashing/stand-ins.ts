/** Keeps what unknown addresses are verified against. Which one an address gets, only who has the key can tell. */
import { createHmac, hkdfSync } from 'node:crypto'
import type { EmailKey } from '../domain/email-address.ts'
import { chooseStandIn, type HashShare } from '../domain/stand-in.ts'

/** @param secret the same in every replica, so that an address takes the same time in all of them */
export const createStandIns = (secret: Uint8Array) => {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'latchkey stand-ins', 32))
  let shares: readonly HashShare[] = []
  return {
    update: (counted: readonly HashShare[]): void => {
      shares = counted
    },
    /** Undefined where our own hash stands in. */
    find: (emailKey: EmailKey): string | undefined => {
      if (shares.length === 0) return undefined
      const digest = createHmac('sha256', key).update(emailKey).digest()
      return chooseStandIn(digest.readUInt32BE(0) / 2 ** 32, shares)
    },
  }
}

export type StandIns = ReturnType<typeof createStandIns>
