/** "This wasn't me" links, by the hash of their token, and what following one does. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { EmailKey } from '../domain/email-address.ts'
import type { DeviceHash, NotMeTokenHash, SessionId, UserId } from '../domain/ids.ts'
import type { NotMeLink, NotMeNotice, NotMeSubject } from '../domain/not-me-link.ts'
import { forgetProof } from './authentications.ts'
import { removeWhatWasSetUp, renewCredentialVersion } from './factor-changes.ts'
import { endOpenLinks } from './open-links.ts'
import { aMessage, tell } from './outbox-messages.ts'
import { forgetRememberedDevices } from './remembered-devices.ts'

const insert = `
  INSERT INTO not_me_links (token_hash, user_id, session_id, device_hash, created_at, expires_at, flagged_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (session_id, flagged_at) DO NOTHING`

/** Through the client that holds the transaction of the mail. False where this review has had its notice. */
export const insertNotMeLink = async (
  client: Pick<PoolClient, 'query'>,
  link: NotMeLink,
): Promise<boolean> => {
  const { tokenHash, userId, sessionId, device = null, createdAt, expiresAt, flaggedAt = null } = link
  const values = [tokenHash, userId, sessionId, device, createdAt, expiresAt, flaggedAt]
  return (await client.query(insert, values)).rowCount === 1
}

interface UsableRow {
  readonly userId: UserId
  readonly emailKey: EmailKey
  readonly email: string
  readonly sessionId: SessionId
  readonly device: DeviceHash | null
  /** Since about when somebody else may have been in. */
  readonly since: Date
}

const usable = `l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND u.disabled_at IS NULL`

const find = `
  SELECT l.user_id AS "userId", l.session_id AS "sessionId", l.flagged_at AS "flaggedAt"
    FROM not_me_links l JOIN users u ON u.id = l.user_id WHERE ${usable}`

// The user's row first, as wherever a password is replaced.
const lock = `
  SELECT u.id AS "userId", u.email_key AS "emailKey", u.email, l.session_id AS "sessionId", l.device_hash AS device,
         coalesce(l.flagged_at, l.created_at) - interval '1 hour' AS since
    FROM not_me_links l JOIN users u ON u.id = l.user_id WHERE ${usable} FOR NO KEY UPDATE OF u`

// At most one success, whatever the number of parallel requests.
const use = `UPDATE not_me_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL`

const suspendPassword = 'UPDATE password_credentials SET reset_required_at = $2 WHERE user_id = $1'

/** With a mail that says how to go on: the way to a new password, or, where there is none, what else may be known. */
const tellOwner = async (client: PoolClient, row: UsableRow, locale: string, hasPassword: boolean) => {
  const { userId, emailKey, email } = row
  if (hasPassword)
    await tell(client, 'password_reset.requested', emailKey, { emailKey, locale, cause: 'not_me' })
  else
    await tell(
      client,
      'message.send',
      userId,
      aMessage({ template: 'session_disowned', recipient: email, locale }),
    )
}

const disown = async (client: PoolClient, row: UsableRow, at: Date, locale: string): Promise<boolean> => {
  const { userId, sessionId, device, since } = row
  const hasPassword = (await client.query(suspendPassword, [userId, at])).rowCount === 1
  // Who is about to sign in, or to change the password, is too late.
  const credentialVersion = await renewCredentialVersion(client, userId)
  // Else whoever was in could come back with it, and its owner would be asked for it.
  await forgetProof(client, { userId, credentialVersion }, sessionId)
  await removeWhatWasSetUp(client, { userId, sessionId, since })
  // Whoever was in may have asked for them.
  await endOpenLinks(client, userId, at)
  await client.query('DELETE FROM known_devices WHERE user_id = $1 AND device_hash = $2', [userId, device])
  await forgetRememberedDevices(client, userId)
  await tell(client, 'session.disowned', sessionId, { userId, sessionId })
  await tell(client, 'offline_access.end', userId, { userId, sessionId, signedInUntil: at.toISOString() })
  await tellOwner(client, row, locale, hasPassword)
  return hasPassword
}

export const createNotMeLinks = ({ pool }: { pool: Pool }) => ({
  /** What it is about, without using it; undefined where it would not be accepted. */
  find: async (tokenHash: NotMeTokenHash, at: Date): Promise<NotMeSubject | undefined> => {
    const { rows } = await pool.query<{ userId: UserId; sessionId: SessionId; flaggedAt: Date | null }>(
      find,
      [tokenHash, at],
    )
    const [row] = rows
    return row && { ...row, flaggedAt: row.flaggedAt ?? undefined }
  },

  /** Stores the link and hands its mail over; false where this review has had one. */
  notify: ({ link, ...mail }: NotMeNotice): Promise<boolean> =>
    inTransaction(pool, async client => {
      if (!(await insertNotMeLink(client, link))) return false
      await tell(client, 'message.send', link.userId, aMessage(mail))
      return true
    }),

  /**
   * Uses the link, and in the same transaction: the password can't be used until it is reset, open resets die, the device
   * is forgotten, every device is asked for the second factor again, factors and providers that were added in the session go, and what
   * ends the session, with what was granted in it, and mails the owner is on its way. Undefined where the link is unknown,
   * used or outdated.
   */
  disown: (
    tokenHash: NotMeTokenHash,
    at: Date,
    locale: string,
  ): Promise<{ readonly hasPassword: boolean } | undefined> =>
    inTransaction(pool, async client => {
      const [row] = (await client.query<UsableRow>(lock, [tokenHash, at])).rows
      if (row === undefined) return undefined
      const { rowCount } = await client.query(use, [tokenHash, at])
      if (rowCount === 0) return undefined
      return { hasPassword: await disown(client, row, at, locale) }
    }),
})
