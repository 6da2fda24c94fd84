/** Accounts by the hundred: one statement, so that of a call either all accounts are made or none. */
import type { Pool } from 'pg'
import type { EmailKey } from '../domain/email-address.ts'
import type { ImportedUser } from '../domain/imported-user.ts'

// In the order of their addresses, so that two calls with the same ones wait for each other instead of blocking.
const insert = `
  WITH input AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(
      id uuid, email text, email_key text, name text, metadata jsonb, verified boolean, disabled boolean,
      created_at timestamptz, password_hash text)
  ), made AS (
    INSERT INTO users (id, email, email_key, email_verified_at, name, metadata, disabled_at, created_at, updated_at)
    SELECT id, email, email_key, CASE WHEN verified THEN $2::timestamptz END, name, metadata,
           CASE WHEN disabled THEN $2::timestamptz END, coalesce(created_at, $2), $2
      FROM input ORDER BY email_key
    ON CONFLICT (email_key) DO NOTHING
    RETURNING id, email_key
  ), credential AS (
    INSERT INTO password_credentials (user_id, password_hash, changed_at)
    SELECT id, input.password_hash, $2 FROM made JOIN input USING (id) WHERE input.password_hash IS NOT NULL
  )
  SELECT email_key AS "emailKey" FROM made`

const toRow = (user: ImportedUser) => ({
  id: user.id,
  email: user.email,
  email_key: user.emailKey,
  name: user.name,
  metadata: user.metadata,
  verified: user.isEmailVerified,
  disabled: user.isDisabled,
  created_at: user.createdAt?.toISOString(),
  password_hash: user.passwordHash,
})

export const createUserImports = ({ pool }: { pool: Pool }) => ({
  /** Gives the addresses of the accounts that were made; those that have one already keep it as it is. */
  insert: async (users: readonly ImportedUser[], at: Date): Promise<ReadonlySet<EmailKey>> => {
    const { rows } = await pool.query<{ emailKey: EmailKey }>(insert, [JSON.stringify(users.map(toRow)), at])
    return new Set(rows.map(({ emailKey }) => emailKey))
  },

  /** Those of the addresses that have an account. */
  findTaken: async (emailKeys: readonly EmailKey[]): Promise<ReadonlySet<EmailKey>> => {
    const { rows } = await pool.query<{ emailKey: EmailKey }>(
      'SELECT email_key AS "emailKey" FROM users WHERE email_key = ANY($1)',
      [emailKeys],
    )
    return new Set(rows.map(({ emailKey }) => emailKey))
  },
})
