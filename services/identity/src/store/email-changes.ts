/**
 * Changes of address. A yes uses its proof up, and the last one applies the change with its consequences in the same
 * transaction; the unique index decides where two want one address. Locks are taken in one order, the user's row first.
 */
import { inTransaction, isUniqueViolation } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { EmailChangeStep, NewEmailChange, OpenEmailChange } from '../domain/email-change.ts'
import type { EmailChangeId, SessionId, UserId } from '../domain/ids.ts'
import { hasProof } from './authentications.ts'
import { insertEmailProof } from './email-proofs.ts'
import type { OwnedProof } from './email-verifications.ts'
import { renewCredentialVersion } from './factor-changes.ts'
import { aMessage, tell } from './outbox-messages.ts'
import { endSessions } from './session-endings.ts'

const lockUser =
  'SELECT email, email_verified_at AS "verifiedAt" FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE'

const endOpen = 'UPDATE email_changes SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL'

const insert = `
  INSERT INTO email_changes (id, user_id, old_key, email, email_key, session_id, created_at, expires_at, old_confirmed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

const findOpen = `
  SELECT email, email_key AS "emailKey", old_confirmed_at IS NOT NULL AS "isOldConfirmed",
         new_confirmed_at IS NOT NULL AS "isNewConfirmed"
    FROM email_changes WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2`

const useUp = `
  UPDATE email_proofs p SET used_at = $3
    FROM email_changes c
   WHERE p.id = $1 AND p.user_id = $2 AND c.id = p.change_id AND c.ended_at IS NULL
     AND p.used_at IS NULL AND p.expires_at > $3
  RETURNING c.id, p.purpose`

const note = `
  UPDATE email_changes
     SET old_confirmed_at = CASE $2 WHEN 'change_old' THEN $3 ELSE old_confirmed_at END,
         new_confirmed_at = CASE $2 WHEN 'change_new' THEN $3 ELSE new_confirmed_at END
   WHERE id = $1
  RETURNING old_key, email, email_key, session_id,
            old_confirmed_at IS NOT NULL AND new_confirmed_at IS NOT NULL AS "isComplete"`

const apply = `
  UPDATE users SET email = $2, email_key = $3, email_verified_at = $4, updated_at = $4, version = version + 1
   WHERE id = $1 AND email_key = $5`

interface NotedChange {
  readonly old_key: string
  readonly email: string
  readonly email_key: string
  readonly session_id: SessionId
  readonly isComplete: boolean
}

const endChanges = async (client: PoolClient, userId: UserId, at: Date): Promise<boolean> => {
  const { rowCount } = await client.query(endOpen, [userId, at])
  return rowCount !== 0
}

/** What else hung on the old address: links in its mailbox, other sessions, sign-ins under way, and what tokens say. */
const tellOfChange = async (
  client: PoolClient,
  userId: UserId,
  { session_id, email }: NotedChange,
  oldEmail: string,
): Promise<void> => {
  await client.query('DELETE FROM password_resets WHERE user_id = $1 AND used_at IS NULL', [userId])
  await client.query('DELETE FROM email_proofs WHERE user_id = $1 AND used_at IS NULL', [userId])
  const fromCredentialVersion = await renewCredentialVersion(client, userId)
  await tell(client, 'subject.updated', userId, { userId })
  await endSessions(client, {
    userId,
    exceptSessionId: session_id,
    fromCredentialVersion,
    reason: 'factors_changed',
  })
  for (const recipient of [oldEmail, email])
    await tell(client, 'message.send', userId, aMessage({ template: 'email_changed', recipient }))
}

const confirm = async (
  client: PoolClient,
  { id, userId }: OwnedProof,
  at: Date,
): Promise<EmailChangeStep> => {
  const [user] = (await client.query<{ email: string }>(lockUser, [userId])).rows
  if (user === undefined) return 'invalid'
  const used = await client.query<{ id: EmailChangeId; purpose: string }>(useUp, [id, userId, at])
  const [proof] = used.rows
  if (proof === undefined) return 'invalid'
  const [change] = (await client.query<NotedChange>(note, [proof.id, proof.purpose, at])).rows
  if (change === undefined || !change.isComplete) return 'waiting'
  await endChanges(client, userId, at)
  const values = [userId, change.email, change.email_key, at, change.old_key]
  if ((await client.query(apply, values)).rowCount === 0) return 'invalid'
  await tellOfChange(client, userId, change, user.email)
  return 'changed'
}

export const createEmailChanges = ({ pool }: { pool: Pool }) => ({
  /**
   * Takes the place of a change that waits. Nothing happens where the old address was proven in between, and not asked, and in
   * a session that has been ended.
   */
  begin: (change: NewEmailChange, isOldAsked: boolean): Promise<void> =>
    inTransaction(pool, async client => {
      const { id, userId, oldKey, email, emailKey, sessionId, at, expiresAt, proofs } = change
      const [user] = (await client.query<{ verifiedAt: Date | null }>(lockUser, [userId])).rows
      if (user === undefined || (user.verifiedAt !== null && !isOldAsked)) return
      if (!(await hasProof(client, userId, sessionId))) return
      await endChanges(client, userId, at)
      const oldConfirmedAt = isOldAsked ? null : at
      const values = [id, userId, oldKey, email, emailKey, sessionId, at, expiresAt, oldConfirmedAt]
      await client.query(insert, values)
      for (const proof of proofs) await insertEmailProof(client, proof)
    }),

  findOpen: async (userId: UserId, at: Date): Promise<OpenEmailChange | undefined> =>
    (await pool.query<OpenEmailChange>(findOpen, [userId, at])).rows[0],

  /** A yes of one of the two; each proof counts once, whatever the number of parallel calls. */
  confirm: async (proof: OwnedProof, at: Date): Promise<EmailChangeStep> => {
    try {
      return await inTransaction(pool, client => confirm(client, proof, at))
    } catch (error) {
      if (!isUniqueViolation(error, 'users_email_key_key')) throw error
      await pool.query(endOpen, [proof.userId, at])
      return 'taken'
    }
  },

  /** Ends what waits; false where nothing does. */
  cancel: (userId: UserId, at: Date): Promise<boolean> =>
    inTransaction(pool, client => endChanges(client, userId, at)),
})
