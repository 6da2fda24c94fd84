/**
 * The only way to a mail that somebody asked for, whatever it says: it counts for its recipient, its subject and where it
 * was asked for, and does not go where one of them has had enough. Notices of what has happened are owed and not
 * counted: a stranger who fills a quota must not keep the owner from being told.
 */
import { enqueue } from '@latchkey/outbox'
import type { Cidr } from '@latchkey/runtime/networks'
import type { PoolClient } from 'pg'
import {
  type Counted,
  countedAddress,
  findFullQuota,
  type MailQuotas,
  mailboxOf,
  type QuotaKind,
} from '../domain/mail-quota.ts'
import { type AskedTemplate, aMessage, type Message } from './outbox-messages.ts'

export interface AskedMailsInit {
  readonly quotas: MailQuotas
  /** Networks that no limit by address applies to. */
  readonly allowlist: readonly Cidr[]
  readonly onWithheld: (kind: QuotaKind, template: AskedTemplate) => void
}

export interface AskedMail extends Pick<Message, 'recipient' | 'locale' | 'sealedData' | 'expiresAt'> {
  readonly template: AskedTemplate
  /** Whose account it is about; undefined for nobody's. */
  readonly subject: string | undefined
  /** The IP address that asked; '' where nobody did. */
  readonly askedFrom: string
  readonly at: Date
}

// Held to the end of the transaction, so that mails at once count each other. They are few enough for one lock.
const lock = `SELECT pg_advisory_xact_lock(hashtext('latchkey asked mails'))`

const count = `
  SELECT (count(*) FILTER (WHERE recipient = $1))::int AS recipient,
         (count(*) FILTER (WHERE subject = $2))::int AS subject,
         (count(*) FILTER (WHERE address = $3))::int AS address,
         (count(*) FILTER (WHERE network = $4))::int AS network
    FROM asked_mails
   WHERE asked_at > $5::timestamptz - interval '1 hour'
     AND (recipient = $1 OR subject = $2 OR address = $3 OR network = $4)`

const note = `
  INSERT INTO asked_mails (id, recipient, subject, address, network, asked_at) VALUES ($6, $1, $2, $3, $4, $5)`

export const createPostAskedMail = ({ quotas, allowlist, onWithheld }: AskedMailsInit) => {
  const countedOf = ({ recipient, subject, askedFrom }: AskedMail): Counted => ({
    recipient: mailboxOf(recipient),
    subject,
    ...countedAddress(askedFrom, allowlist),
  })

  /** False where a quota is full: nobody is told, and nothing is sent. */
  return async (client: PoolClient, mail: AskedMail): Promise<boolean> => {
    const { template, at, askedFrom: _askedFrom, subject, ...rest } = mail
    const { recipient, address, network } = countedOf(mail)
    const values = [recipient, subject, address, network, at]
    await client.query(lock)
    const { rows } = await client.query<Record<QuotaKind, number>>(count, values)
    const full = rows[0] && findFullQuota(rows[0], quotas)
    if (full !== undefined) {
      onWithheld(full, template)
      return false
    }
    const message = aMessage({ ...rest, template })
    await client.query(note, [...values, message.messageId])
    await enqueue(client, { kind: 'message.send', key: subject ?? message.messageId, payload: message })
    return true
  }
}

export type PostAskedMail = ReturnType<typeof createPostAskedMail>
