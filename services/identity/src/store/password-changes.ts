/**
 * The two ways in which a password is replaced, and its end. Each in one transaction: the new hash, the history, the end
 * of every other proof (open reset tokens), and the word to the session service and to the owner. Locks are taken
 * in one order, the user's row first.
 */
import { createUuid } from '@latchkey/runtime/ids'
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { NewPassword, PasswordChange, PasswordResetRedemption } from '../domain/password-change.ts'
import { claimAddress } from './address-claims.ts'
import { hasProof } from './authentications.ts'
import { secondFactorPrefix } from './login-attempts.ts'
import { endOpenLinks } from './open-links.ts'
import { aMessage, tell } from './outbox-messages.ts'
import { forgetRememberedDevices } from './remembered-devices.ts'
import { endSessions } from './session-endings.ts'
import { hasOtherWayIn } from './ways-in.ts'

interface Owner {
  readonly email: string
  readonly email_key: string
}

const lockOwner = `
  SELECT email, email_key FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE`

const replace = `
  WITH old AS (
    SELECT password_hash FROM password_credentials WHERE user_id = $1 AND version = coalesce($2, version) FOR UPDATE
  ), retired AS (
    INSERT INTO password_history (id, user_id, password_hash, retired_at) SELECT $3, $1, password_hash, $5 FROM old
  )
  INSERT INTO password_credentials AS c (user_id, password_hash, changed_at, version)
  SELECT $1, $4, $5, 1 + (SELECT former_credential_version FROM users WHERE id = $1) WHERE $2::int IS NULL OR EXISTS (SELECT FROM old)
  ON CONFLICT (user_id) DO UPDATE SET password_hash = $4, version = c.version + 1, changed_at = $5, reset_required_at = NULL
  RETURNING c.version`

// Sessions of this password are told from those without one, and those from the next one's.
const remove = `
  WITH old AS (
    DELETE FROM password_credentials WHERE user_id = $1 RETURNING password_hash, version
  ), retired AS (
    INSERT INTO password_history (id, user_id, password_hash, retired_at) SELECT $2, $1, password_hash, $3 FROM old
  )
  UPDATE users u SET former_credential_version = old.version + 1 FROM old WHERE u.id = $1
  RETURNING u.former_credential_version AS version, u.email`

const forgetHistory = `
  DELETE FROM password_history WHERE id IN (
    SELECT id FROM password_history WHERE user_id = $1 ORDER BY retired_at DESC, id DESC OFFSET $2)`

// At most one success, whatever the number of parallel requests.
const redeem = `
  UPDATE password_resets SET used_at = $3
   WHERE token_hash = $1 AND user_id = $2 AND used_at IS NULL AND expires_at > $3`

// Not the count of second factors: who reads somebody's mails could otherwise guess codes for as long as they like.
const unlock = 'DELETE FROM login_attempts WHERE email_key = $1 AND NOT starts_with(device_hash, $2)'

/**
 * Also a first password, where there was none. Gives the version of the new credential; undefined, and nothing is changed,
 * where `version` is not the present one.
 */
const replacePassword = async (
  client: PoolClient,
  { userId, passwordHash, history, at }: NewPassword,
  version: number | undefined,
): Promise<number | undefined> => {
  const values = [userId, version ?? null, createUuid(), passwordHash, at]
  const [replaced] = (await client.query<{ version: number }>(replace, values)).rows
  if (replaced === undefined) return undefined
  await client.query(forgetHistory, [userId, history])
  await endOpenLinks(client, userId, at)
  await forgetRememberedDevices(client, userId)
  return replaced.version
}

const findOwner = async (client: PoolClient, userId: UserId): Promise<Owner | undefined> =>
  (await client.query<Owner>(lockOwner, [userId])).rows[0]

const mailOwner = (
  client: PoolClient,
  userId: UserId,
  { email }: Pick<Owner, 'email'>,
  template: 'password_changed' | 'password_removed' = 'password_changed',
) => tell(client, 'message.send', userId, aMessage({ template, recipient: email }))

/** Every session but one ends, and every sign-in that is under way. False where there is none. Needs the lock on the user's row. */
export const removePassword = async (
  client: PoolClient,
  userId: UserId,
  exceptSessionId: SessionId | undefined,
  at: Date,
): Promise<boolean> => {
  const { rows } = await client.query<{ version: number; email: string }>(remove, [userId, createUuid(), at])
  const [removed] = rows
  if (removed === undefined) return false
  await endSessions(client, {
    userId,
    exceptSessionId,
    fromCredentialVersion: removed.version,
    reason: 'password_changed',
  })
  await mailOwner(client, userId, removed, 'password_removed')
  return true
}

export const createPasswordChanges = ({ pool }: { pool: Pool }) => ({
  /** False, and nothing is changed, where the password that was checked is no longer the present one. */
  change: (change: PasswordChange): Promise<boolean> =>
    inTransaction(pool, async client => {
      const { userId, version, exceptSessionId } = change
      const owner = await findOwner(client, userId)
      if (owner === undefined) return false
      const fromCredentialVersion = await replacePassword(client, change, version)
      if (fromCredentialVersion === undefined) return false
      const reason = 'password_changed'
      await endSessions(client, { userId, exceptSessionId, fromCredentialVersion, reason })
      await mailOwner(client, userId, owner)
      return true
    }),

  /** False where the token is unknown, used, outdated, or died with another's success. Unlocks the account. */
  redeem: (redemption: PasswordResetRedemption): Promise<boolean> =>
    inTransaction(pool, async client => {
      const { userId, tokenHash, at } = redemption
      const owner = await findOwner(client, userId)
      if (owner === undefined) return false
      const { rowCount } = await client.query(redeem, [tokenHash, userId, at])
      if (rowCount === 0) return false
      // Nothing but the token was checked, so there is no version to compare; the row's lock is held.
      const fromCredentialVersion = await replacePassword(client, redemption, undefined)
      if (fromCredentialVersion === undefined) return false
      await client.query(unlock, [owner.email_key, secondFactorPrefix])
      // A link in the owner's mail was followed.
      await claimAddress(client, userId, at)
      await endSessions(client, {
        userId,
        exceptSessionId: undefined,
        fromCredentialVersion,
        reason: 'password_reset',
      })
      await tell(client, 'offline_access.end', userId, { userId, signedInUntil: at.toISOString() })
      await mailOwner(client, userId, owner)
      return true
    }),

  /** `last_way_in`: nothing else would open the account; `none`, too, in a session that has been ended. Every session but one ends. */
  remove: (
    userId: UserId,
    exceptSessionId: SessionId,
    at: Date,
  ): Promise<'removed' | 'none' | 'last_way_in'> =>
    inTransaction(pool, async client => {
      const owner = await findOwner(client, userId)
      if (owner === undefined || !(await hasProof(client, userId, exceptSessionId))) return 'none'
      if (!(await hasOtherWayIn(client, userId, 'password'))) return 'last_way_in'
      if (!(await removePassword(client, userId, exceptSessionId, at))) return 'none'
      await endOpenLinks(client, userId, at)
      return 'removed'
    }),
})
