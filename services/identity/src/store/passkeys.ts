/**
 * Passkeys of users. What is added or taken away is a change of their second factors, with all that follows on one; of a
 * counter that went back the owner is told, too. The user's row is locked first, so that changes see each other.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { PasskeyId, SessionId, UserId } from '../domain/ids.ts'
import type { NewPasskey, NotedPasskeyUse, Passkey, PasskeyUse } from '../domain/passkey.ts'
import type { PasskeyName } from '../domain/passkey-name.ts'
import { credentialVersionOf } from './credential-version.ts'
import { concludeFactorChange, type FactorChange, lockFactorOwner } from './factor-changes.ts'
import { aMessage, tell } from './outbox-messages.ts'
import { type PasskeyRow, passkeyColumns, toPasskey } from './passkey-row.ts'
import { hasOtherWayIn } from './ways-in.ts'

const insert = `
  INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, transports, is_backup_eligible,
                        is_backed_up, is_discoverable, can_verify_user, aaguid, name, created_at, enrolled_in)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $15
   WHERE (SELECT count(*) FROM passkeys WHERE user_id = $2) < $14
  ON CONFLICT (credential_id) DO NOTHING`

// WebAuthn L3 §7.2 step 22. Synced passkeys are in several places, so that their counters (mostly 0) say nothing.
const noteUse = `
  UPDATE passkeys
     SET sign_count = $2, is_backed_up = $3, can_verify_user = can_verify_user OR $4,
         is_discoverable = is_discoverable OR $5, last_used_at = $6
   WHERE id = $1 AND (is_backup_eligible OR $2 > sign_count OR ($2 = 0 AND sign_count = 0))
  RETURNING ${credentialVersionOf('passkeys.user_id')} AS "credentialVersion"`

export interface PasskeysInit {
  readonly pool: Pool
  /** More than anybody has; few enough for the options of a browser. */
  readonly perUser: number
}

export const createPasskeys = ({ pool, perUser }: PasskeysInit) => ({
  /** The oldest first. */
  list: async (userId: UserId): Promise<readonly Passkey[]> => {
    const { rows } = await pool.query<PasskeyRow>({
      name: 'list-passkeys',
      text: `SELECT ${passkeyColumns} FROM passkeys WHERE user_id = $1 ORDER BY created_at, id`,
      values: [userId],
    })
    return rows.map(toPasskey)
  },

  findByCredentialId: async (credentialId: string): Promise<Passkey | undefined> => {
    const { rows } = await pool.query<PasskeyRow>({
      name: 'find-passkey',
      text: `SELECT ${passkeyColumns} FROM passkeys WHERE credential_id = $1`,
      values: [credentialId],
    })
    return rows[0] && toPasskey(rows[0])
  },

  /** `exists`: anybody has it (WebAuthn L3 §7.1 step 26). */
  add: (passkey: NewPasskey, sessionId: SessionId): Promise<'added' | 'exists' | 'too_many' | 'gone'> =>
    inTransaction(pool, async client => {
      const { userId, createdAt } = passkey
      const recipient = await lockFactorOwner(client, userId, sessionId)
      if (recipient === undefined) return 'gone'
      const { rowCount } = await client.query(insert, [
        passkey.id,
        userId,
        passkey.credentialId,
        passkey.publicKey,
        passkey.signCount,
        passkey.transports,
        passkey.isBackupEligible,
        passkey.isBackedUp,
        passkey.isDiscoverable,
        passkey.canVerifyUser,
        passkey.aaguid,
        passkey.name,
        createdAt,
        perUser,
        sessionId,
      ])
      if (rowCount === 0) {
        const known = await client.query('SELECT FROM passkeys WHERE credential_id = $1', [
          passkey.credentialId,
        ])
        return known.rowCount === 0 ? 'too_many' : 'exists'
      }
      await concludeFactorChange(client, { userId, sessionId }, { template: 'passkey_added', recipient })
      return 'added'
    }),

  /** Undefined where the user has none of this id. */
  rename: async (userId: UserId, id: PasskeyId, name: PasskeyName): Promise<Passkey | undefined> => {
    const { rows } = await pool.query<PasskeyRow>(
      `UPDATE passkeys SET name = $3 WHERE id = $2 AND user_id = $1 RETURNING ${passkeyColumns}`,
      [userId, id, name],
    )
    return rows[0] && toPasskey(rows[0])
  },

  /** `last_way_in`: without it, nobody could sign in to the account any more. */
  remove: (id: PasskeyId, change: FactorChange): Promise<'removed' | 'unknown' | 'last_way_in'> =>
    inTransaction(pool, async client => {
      const { userId, sessionId } = change
      const recipient = await lockFactorOwner(client, userId, sessionId)
      const found = await client.query('SELECT FROM passkeys WHERE id = $2 AND user_id = $1', [userId, id])
      if (recipient === undefined || found.rowCount === 0) return 'unknown'
      if (!(await hasOtherWayIn(client, userId, { passkey: id }))) return 'last_way_in'
      await client.query('DELETE FROM passkeys WHERE id = $1', [id])
      await concludeFactorChange(client, change, { template: 'passkey_removed', recipient })
      return 'removed'
    }),

  /** `counted_back`: the counter of a key that can't be copied did not go on, so somebody has copied it. */
  noteUse: (use: PasskeyUse): Promise<NotedPasskeyUse> =>
    inTransaction(pool, async client => {
      const { id, signCount, isBackedUp, isUserVerified, isDiscovered, at } = use
      const values = [id, signCount, isBackedUp, isUserVerified, isDiscovered, at]
      const statement = { name: 'note-passkey-use', text: noteUse, values }
      const [noted] = (await client.query<{ credentialVersion: number }>(statement)).rows
      if (noted !== undefined) return { outcome: 'noted', ...noted }
      const { rows } = await client.query<{ userId: string; email: string }>(
        'SELECT u.id AS "userId", u.email FROM passkeys p JOIN users u ON u.id = p.user_id WHERE p.id = $1',
        [id],
      )
      const [owner] = rows
      if (owner === undefined) return { outcome: 'gone' }
      const message = aMessage({ template: 'passkey_suspicious', recipient: owner.email })
      await tell(client, 'message.send', owner.userId, message)
      return { outcome: 'counted_back' }
    }),
})
