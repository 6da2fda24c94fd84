/** An address that turns out to be its user's: what proved it is used up in the same transaction. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { EmailProofId, UserId } from '../domain/ids.ts'
import { tell } from './outbox-messages.ts'

/** A proof of somebody who has an account. */
export interface OwnedProof {
  readonly id: EmailProofId
  readonly userId: UserId
}

const lockUser = 'SELECT FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE'

// At most one success, whatever the number of parallel requests; none where the user has another address by now.
const useUp = `
  UPDATE email_proofs p SET used_at = $3
    FROM users u
   WHERE p.id = $1 AND u.id = $2 AND p.user_id = u.id AND u.email_key = p.email_key
     AND p.used_at IS NULL AND p.expires_at > $3`

const confirm = `
  UPDATE users SET email_verified_at = $2, updated_at = $2, version = version + 1
   WHERE id = $1 AND email_verified_at IS NULL`

/** Used up with its proof; false where it was used before. Locks are taken in one order, the user's row first. */
export const useUpProof = async (
  client: PoolClient,
  { id, userId }: OwnedProof,
  at: Date,
): Promise<boolean> => {
  const { rowCount } = await client.query(lockUser, [userId])
  return rowCount === 1 && (await client.query(useUp, [id, userId, at])).rowCount === 1
}

/** The reader of a mail to the address has shown themselves: it is theirs. True for the first time. Needs the lock on the user's row. */
export const confirmAddress = async (client: PoolClient, userId: UserId, at: Date): Promise<boolean> => {
  const { rowCount } = await client.query(confirm, [userId, at])
  if (rowCount === 0) return false
  await client.query(
    "DELETE FROM email_proofs WHERE user_id = $1 AND purpose = 'verification' AND used_at IS NULL",
    [userId],
  )
  // Begun while this address could not be asked.
  await client.query('UPDATE email_changes SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL', [
    userId,
    at,
  ])
  await tell(client, 'subject.updated', userId, { userId })
  return true
}

export const createEmailVerifications = ({ pool }: { pool: Pool }) => ({
  /** True for exactly one of any number of calls with the same proof. */
  verify: (proof: OwnedProof, at: Date): Promise<boolean> =>
    inTransaction(pool, async client => {
      if (!(await useUpProof(client, proof, at))) return false
      await confirmAddress(client, proof.userId, at)
      return true
    }),
})
