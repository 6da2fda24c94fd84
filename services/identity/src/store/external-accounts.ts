/**
 * Accounts of users at providers. Who may be linked is decided in the statement that links: an address of ours that nobody
 * has proven to own must not open to whoever owns it elsewhere, nor the other way round.
 */
import { createUuid } from '@latchkey/runtime/ids'
import { inTransaction, isUniqueViolation } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type {
  ExternalAccount,
  ExternalAccountId,
  ExternalUser,
  IntroducedUser,
  Introduction,
} from '../domain/external-account.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import { credentialVersionOf } from './credential-version.ts'
import { concludeFactorChange, lockFactorOwner } from './factor-changes.ts'
import { insertUser } from './new-user.ts'
import { aMessage, tell } from './outbox-messages.ts'
import { hasOtherWayIn } from './ways-in.ts'

type Client = Pick<PoolClient, 'query'>

const use = `
  UPDATE external_accounts SET last_used_at = $3, email = $4 WHERE issuer = $1 AND subject = $2
  RETURNING user_id AS "userId", ${credentialVersionOf('external_accounts.user_id')} AS "credentialVersion"`

const insertAccount = `
  INSERT INTO external_accounts (id, user_id, provider, issuer, subject, email, linked_at, last_used_at, linked_in)
  SELECT $1, u.id, $3, $4, $5, $6, $7, $7, $8
    FROM users u WHERE u.id = $2 AND u.email_verified_at IS NOT NULL AND u.disabled_at IS NULL
  RETURNING (SELECT email FROM users WHERE id = $2) AS "recipient"`

const remove = `DELETE FROM external_accounts WHERE id = $2 AND user_id = $1`

const isTaken = (error: unknown) => isUniqueViolation(error, 'external_accounts_issuer_subject_key')

export const createExternalAccounts = ({ pool }: { pool: Pool }) => {
  const insert = async (
    client: Client,
    userId: UserId,
    { provider, identity, at }: Introduction,
    sessionId?: SessionId,
  ) => {
    const { issuer, subject, email } = identity
    const values = [createUuid(), userId, provider, issuer, subject, email ?? null, at, sessionId ?? null]
    const { rows } = await client.query<{ recipient: string }>(insertAccount, values)
    return rows[0]?.recipient
  }

  return {
    /** Whose account it is; undefined where it is nobody's. Notes that it was used. */
    use: async ({ identity, at }: Introduction): Promise<IntroducedUser | undefined> => {
      const { issuer, subject, email } = identity
      const { rows } = await pool.query<IntroducedUser>({
        name: 'use-external-account',
        text: use,
        values: [issuer, subject, at, email ?? null],
      })
      return rows[0]
    },

    /** `refused`: the user's address is not verified, or they are disabled or gone. Their owner is told by mail. */
    link: async (
      userId: UserId,
      introduction: Introduction,
      sessionId?: SessionId,
    ): Promise<'linked' | 'taken' | 'refused'> => {
      try {
        return await inTransaction(pool, async client => {
          // A session that ended while the journey took its time links nothing.
          if ((await lockFactorOwner(client, userId, sessionId)) === undefined) return 'refused'
          const recipient = await insert(client, userId, introduction, sessionId)
          if (recipient === undefined) return 'refused'
          await tell(client, 'message.send', userId, aMessage({ template: 'provider_linked', recipient }))
          return 'linked'
        })
      } catch (error) {
        if (isTaken(error)) return 'taken'
        throw error
      }
    },

    /** A new user without a password, whose address is verified. */
    createUser: async ({
      user,
      ...introduction
    }: ExternalUser): Promise<'created' | 'email_exists' | 'taken'> => {
      try {
        await inTransaction(pool, async client => {
          await insertUser(client, user)
          await insert(client, user.id, introduction)
        })
        return 'created'
      } catch (error) {
        if (isTaken(error)) return 'taken'
        if (isUniqueViolation(error, 'users_email_key_key')) return 'email_exists'
        throw error
      }
    },

    list: async (userId: UserId): Promise<readonly ExternalAccount[]> => {
      const { rows } = await pool.query<ExternalAccount & { email: string | null }>(
        `SELECT id, provider, email, linked_at AS "linkedAt", last_used_at AS "lastUsedAt"
           FROM external_accounts WHERE user_id = $1 ORDER BY linked_at, id`,
        [userId],
      )
      return rows.map(row => ({ ...row, email: row.email ?? undefined }))
    },

    /** The last way into an account stays. The other sessions end, and the owner is told by mail. */
    unlink: (
      id: ExternalAccountId,
      change: { readonly userId: UserId; readonly sessionId: SessionId },
    ): Promise<'unlinked' | 'unknown' | 'last_way_in'> =>
      inTransaction(pool, async client => {
        const { userId, sessionId } = change
        // Two that are taken away at once must see each other.
        const recipient = await lockFactorOwner(client, userId, sessionId)
        const { rowCount: found } = await client.query(
          'SELECT FROM external_accounts WHERE id = $2 AND user_id = $1',
          [userId, id],
        )
        if (recipient === undefined || found === 0) return 'unknown'
        if (!(await hasOtherWayIn(client, userId, { externalAccount: id }))) return 'last_way_in'
        await client.query(remove, [userId, id])
        await concludeFactorChange(client, change, { template: 'provider_unlinked', recipient })
        return 'unlinked'
      }),
  }
}
