/** What identity has sent, and how it seals what only the mail worker may read. */
import { type NotificationClient, toTimestamp } from '@latchkey/contracts'
import { CompactEncrypt } from 'jose'
import type { Seal } from '../domain/seal.ts'

export interface Mail {
  readonly messageId: string
  readonly template: string
  readonly recipient: string
  readonly locale: string
  readonly sealedData: string
  readonly expiresAt: Date | undefined
}

export const createMails = (client: Pick<NotificationClient, 'sendMessage'>) => ({
  /** Hands a mail over. Idempotent by its id. */
  send: async ({ expiresAt, ...mail }: Mail): Promise<void> => {
    await client.sendMessage({
      ...mail,
      data: {},
      expiresAt: expiresAt === undefined ? null : toTimestamp(expiresAt),
    })
  },
})

/** A compact JWE with a key that the mail worker shares (MAIL_SEALING_KEY). @see RFC 7518 §4.5, §5.3 */
export const createSeal =
  (key: Uint8Array): Seal =>
  secrets =>
    new CompactEncrypt(new TextEncoder().encode(JSON.stringify(secrets)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(key)
