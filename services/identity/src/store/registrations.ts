/**
 * Registrations that wait for their address to be proven (REGISTRATION_PRIVACY=strict). Beginning one costs the same for
 * every address; the account is made by the proof, and the unique index decides where two prove one address.
 */
import { inTransaction, isUniqueViolation } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { NewEmailProof } from '../domain/email-proof.ts'
import type { EmailProofId } from '../domain/ids.ts'
import { beginUser, type NewUser, type User } from '../domain/user.ts'
import { insertEmailProof } from './email-proofs.ts'
import { insertNewUser } from './new-user.ts'

const insert = `
  INSERT INTO pending_registrations (proof_id, user_id, email, name, metadata, password_hash, device_hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`

const copy = `
  INSERT INTO pending_registrations (proof_id, user_id, email, name, metadata, password_hash, device_hash)
  SELECT $1, user_id, email, name, metadata, password_hash, device_hash FROM pending_registrations WHERE proof_id = $2`

const take = `
  WITH proof AS (
    UPDATE email_proofs SET used_at = $2
     WHERE id = $1 AND purpose = 'registration' AND used_at IS NULL AND expires_at > $2 RETURNING id
  )
  SELECT r.user_id AS id, r.email, r.name, r.metadata,
         r.password_hash AS "passwordHash", r.device_hash AS device
    FROM proof JOIN pending_registrations r ON r.proof_id = proof.id`

type Row = Pick<User, 'id' | 'email' | 'name' | 'metadata'> &
  Pick<NewUser, 'device'> & { readonly passwordHash: string | null }

const complete = async (client: PoolClient, id: EmailProofId, at: Date): Promise<boolean> => {
  const [row] = (await client.query<Row>(take, [id, at])).rows
  if (row === undefined) return false
  const { passwordHash, device, ...known } = row
  const user = beginUser({ ...known, emailVerifiedAt: at, at })
  await insertNewUser(client, { user, passwordHash: passwordHash ?? undefined, device })
  return true
}

export const createRegistrations = ({ pool }: { pool: Pool }) => ({
  begin: ({ user, passwordHash, device, verification }: NewUser): Promise<void> =>
    inTransaction(pool, async client => {
      await insertEmailProof(client, verification)
      const metadata = JSON.stringify(user.metadata)
      const { id, email, name } = user
      await client.query(insert, [verification.id, id, email, name, metadata, passwordHash, device])
    }),

  /** Another mail for a registration that waits. */
  requestAgain: (proof: NewEmailProof, of: EmailProofId): Promise<void> =>
    inTransaction(pool, async client => {
      await insertEmailProof(client, proof)
      await client.query(copy, [proof.id, of])
    }),

  /** Makes the account; false where the proof was used before, or the address has an account by now. */
  complete: async (id: EmailProofId, at: Date): Promise<boolean> => {
    try {
      return await inTransaction(pool, client => complete(client, id, at))
    } catch (error) {
      if (isUniqueViolation(error, 'users_email_key_key') || isUniqueViolation(error, 'users_pkey'))
        return false
      throw error
    }
  },
})
