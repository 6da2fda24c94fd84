/**
 * Authenticator apps. Their secrets lie sealed, each bound to its row; no code works twice, whatever the number of
 * parallel uses. @see RFC 6238 §5.2
 */
import type { Sealer } from '@latchkey/runtime/crypto'
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { ChallengeHash, FactorId, SessionId, UserId } from '../domain/ids.ts'
import type { Factor } from '../domain/second-factor.ts'
import { type TotpFactor, type TotpSetUp, totpEnrolmentTtlSeconds } from '../domain/totp-factor.ts'
import { concludeFactorChange, type FactorChange, lockFactorOwner } from './factor-changes.ts'

interface SealedRow {
  readonly id: FactorId
  readonly sealed: Buffer<ArrayBuffer>
  readonly sealingKeyId: string
}

const sealedColumns = 'id, sealed_secret AS sealed, sealing_key_id AS "sealingKeyId"'

const isPending = `user_id = $1 AND set_up_by = $3 AND confirmed_at IS NULL AND created_at > $2::timestamptz - interval '${totpEnrolmentTtlSeconds} seconds'`

const insertPending = `
  INSERT INTO totp_factors (id, user_id, sealed_secret, sealing_key_id, created_at, set_up_by)
  SELECT $2, $1, $3, $4, $5, $6
   WHERE NOT EXISTS (SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)`

const confirmPending = `
  UPDATE totp_factors SET confirmed_at = $3, last_step = $4, set_up_by = $5
   WHERE id = $1 AND user_id = $2 AND confirmed_at IS NULL
     AND NOT EXISTS (SELECT FROM totp_factors WHERE user_id = $2 AND confirmed_at IS NOT NULL)`

// Sealed anew each time: what an old key encryption key sealed moves to the present one.
const useStep = `
  UPDATE totp_factors SET last_step = $2, last_used_at = $3, sealed_secret = $4, sealing_key_id = $5
   WHERE id = $1 AND confirmed_at IS NOT NULL AND (last_step IS NULL OR last_step < $2)`

export const createTotpFactors = ({ pool, sealer }: { pool: Pool; sealer: Sealer }) => {
  const nameOf = (id: FactorId) => `totp ${id}`

  const find = async (condition: string, values: readonly unknown[]): Promise<TotpFactor | undefined> => {
    const [userId] = values
    const { rows } = await pool.query<SealedRow>(
      `SELECT ${sealedColumns} FROM totp_factors WHERE ${condition}`,
      [...values],
    )
    const [row] = rows
    if (row === undefined) return undefined
    return { id: row.id, userId: userId as UserId, secret: sealer.open(nameOf(row.id), row) }
  }

  return {
    /** Takes the place of one that was not confirmed; false, and nothing is changed, where there is an app already. */
    begin: ({ id, userId, secret }: TotpFactor, setUpBy: string, at: Date): Promise<boolean> =>
      inTransaction(pool, async client => {
        if ((await lockFactorOwner(client, userId)) === undefined) return false
        const { sealed, sealingKeyId } = sealer.seal(nameOf(id), secret)
        await client.query('DELETE FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NULL', [userId])
        const { rowCount } = await client.query(insertPending, [
          userId,
          id,
          sealed,
          sealingKeyId,
          at,
          setUpBy,
        ])
        return rowCount === 1
      }),

    /** The one that is being set up, for who sets it up: nobody else who is in, or on the way, sees its secret. */
    findPending: (userId: UserId, setUpBy: string, at: Date): Promise<TotpFactor | undefined> =>
      find(isPending, [userId, at, setUpBy]),

    find: (userId: UserId): Promise<TotpFactor | undefined> =>
      find('user_id = $1 AND confirmed_at IS NOT NULL', [userId]),

    /** Undefined, and nothing is changed, where it was confirmed or replaced in between. The code of `step` is used up. */
    confirm: (
      id: FactorId,
      step: number,
      change: FactorChange & Pick<TotpSetUp, 'doneBy'>,
      at: Date,
    ): Promise<{ readonly credentialVersion: number } | undefined> =>
      inTransaction(pool, async client => {
        const recipient = await lockFactorOwner(client, change.userId, change.sessionId)
        if (recipient === undefined) return undefined
        const { rowCount } = await client.query(confirmPending, [id, change.userId, at, step, change.doneBy])
        if (rowCount === 0) return undefined
        const mail = { template: 'second_factor_added', recipient } as const
        return { credentialVersion: await concludeFactorChange(client, change, mail) }
      }),

    /** From the sign-in that it was set up in to the session that this led to. */
    handOver: async (userId: UserId, from: ChallengeHash, to: SessionId): Promise<void> => {
      const text = 'UPDATE totp_factors SET set_up_by = $3 WHERE user_id = $1 AND set_up_by = $2'
      await pool.query(text, [userId, from, to])
    },

    /** False where that code, or a later one, was used before. */
    use: async (factor: TotpFactor, step: number, at: Date): Promise<boolean> => {
      const { sealed, sealingKeyId } = sealer.seal(nameOf(factor.id), factor.secret)
      const { rowCount } = await pool.query({
        name: 'use-totp-step',
        text: useStep,
        values: [factor.id, step, at, sealed, sealingKeyId],
      })
      return rowCount === 1
    },

    list: async (userId: UserId): Promise<readonly Factor[]> => {
      const { rows } = await pool.query<{ id: FactorId; createdAt: Date; lastUsedAt: Date | null }>(
        `SELECT id, confirmed_at AS "createdAt", last_used_at AS "lastUsedAt"
           FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL`,
        [userId],
      )
      return rows.map(({ lastUsedAt, ...row }) => ({
        ...row,
        method: 'totp',
        name: undefined,
        lastUsedAt: lastUsedAt ?? undefined,
      }))
    },

    /** False where it is not theirs, or gone. */
    remove: (id: FactorId, change: FactorChange): Promise<boolean> =>
      inTransaction(pool, async client => {
        const recipient = await lockFactorOwner(client, change.userId, change.sessionId)
        if (recipient === undefined) return false
        const { rowCount } = await client.query(
          'DELETE FROM totp_factors WHERE id = $1 AND user_id = $2 AND confirmed_at IS NOT NULL',
          [id, change.userId],
        )
        if (rowCount === 0) return false
        await concludeFactorChange(client, change, { template: 'second_factor_removed', recipient })
        return true
      }),
  }
}
