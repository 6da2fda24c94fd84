/**
 * What operators do to users, each with its consequences in one transaction: a user who is disabled or deleted is told
 * to everybody who holds a session or a grant of theirs.
 */
import { inTransaction, isUniqueViolation } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'
import type { NewManagedUser, UserChange } from '../domain/managed-user.ts'
import { deleteAccount } from './deletions.ts'
import { concludeFactorChange, lockFactorOwner, renewCredentialVersion } from './factor-changes.ts'
import { insertPassword, insertUser } from './new-user.ts'
import { endOpenLinks } from './open-links.ts'
import { tell } from './outbox-messages.ts'
import { endSessions } from './session-endings.ts'

// What is so already keeps the instant since when it is.
const updateUser = `
  UPDATE users
     SET name = coalesce($2, name), metadata = coalesce($3, metadata),
         email_verified_at = CASE coalesce($4, email_verified_at IS NOT NULL)
                               WHEN true THEN coalesce(email_verified_at, $6) END,
         disabled_at = CASE coalesce($5, disabled_at IS NOT NULL) WHEN true THEN coalesce(disabled_at, $6) END,
         updated_at = $6, version = version + 1
   WHERE id = $1`

/** Sessions, what was granted for the user's absence, links that could let somebody in, and sign-ins that are under way. */
const endEverything = async (client: PoolClient, userId: UserId, at: Date): Promise<void> => {
  await endOpenLinks(client, userId, at)
  const fromCredentialVersion = await renewCredentialVersion(client, userId)
  await endSessions(client, {
    userId,
    exceptSessionId: undefined,
    fromCredentialVersion,
    reason: 'account_disabled',
  })
  await tell(client, 'offline_access.end', userId, { userId, signedInUntil: at.toISOString() })
}

export const createUserAdministration = ({ pool }: { pool: Pool }) => ({
  /** The unique index on the address decides between two at once. */
  insert: async (user: NewManagedUser): Promise<'inserted' | 'email_exists'> => {
    const { isEmailVerified, passwordHash, at, ...own } = user
    const emailVerifiedAt = isEmailVerified ? at : undefined
    try {
      await inTransaction(pool, async client => {
        await insertUser(client, { ...own, emailVerifiedAt, createdAt: at }, { isSignedIn: false })
        if (passwordHash !== undefined) await insertPassword(client, user.id, passwordHash, at)
      })
      return 'inserted'
    } catch (error) {
      if (isUniqueViolation(error, 'users_email_key_key')) return 'email_exists'
      throw error
    }
  },

  /** False where there is no such user. Disabling somebody again ends again what has begun since. */
  update: (id: UserId, change: UserChange, at: Date): Promise<boolean> =>
    inTransaction(pool, async client => {
      const { name, metadata, isEmailVerified, isDisabled } = change
      const json = metadata === undefined ? undefined : JSON.stringify(metadata)
      const { rowCount } = await client.query(updateUser, [id, name, json, isEmailVerified, isDisabled, at])
      if (rowCount === 0) return false
      await tell(client, 'subject.updated', id, { userId: id })
      if (isDisabled === true) await endEverything(client, id, at)
      return true
    }),

  /** Forgets the failures that lock the address, those of known devices too. False where there is no such user. */
  unlock: async (id: UserId): Promise<boolean> => {
    const { rows } = await pool.query<{ known: boolean }>(
      `WITH owner AS (SELECT email_key FROM users WHERE id = $1),
            unlocked AS (DELETE FROM login_attempts a USING owner WHERE a.email_key = owner.email_key)
       SELECT EXISTS (SELECT FROM owner) AS known`,
      [id],
    )
    return rows[0]?.known === true
  },

  /** For who has lost them: apps, passkeys and recovery codes go, and every session. False where there is no such user. */
  removeSecondFactors: (id: UserId): Promise<boolean> =>
    inTransaction(pool, async client => {
      const recipient = await lockFactorOwner(client, id)
      if (recipient === undefined) return false
      await client.query('DELETE FROM totp_factors WHERE user_id = $1', [id])
      await client.query('DELETE FROM passkeys WHERE user_id = $1', [id])
      const change = { userId: id, sessionId: undefined }
      await concludeFactorChange(client, change, { template: 'second_factor_removed', recipient })
      return true
    }),

  /** Everything about the user goes. False where there is no such user. */
  delete: (id: UserId): Promise<boolean> =>
    inTransaction(pool, client => deleteAccount(client, id, undefined)),
})
