/** Deletes what is past its time, a small batch at a time. Replicas that do so at once take different rows. */
import type { Pool } from 'pg'

interface Retention {
  readonly key: string
  /** The instant that decides; indexed. */
  readonly by: string
  readonly where?: string
}

// By the end of their life, used or not, where nothing else is said.
const retained = {
  password_resets: { key: 'token_hash', by: 'expires_at' },
  not_me_links: { key: 'token_hash', by: 'expires_at' },
  email_proofs: { key: 'id', by: 'expires_at' },
  email_changes: { key: 'id', by: 'expires_at' },
  asked_mails: { key: 'id', by: 'asked_at' },
  /** By the end of the lock, or of the count that did not come to one. */
  login_attempts: { key: '(email_key, device_hash)', by: 'expires_at' },
  /** By their last use. */
  known_devices: { key: '(user_id, device_hash)', by: 'last_seen_at' },
  authentications: { key: 'session_id', by: 'at' },
  passkey_ceremonies: { key: 'challenge_hash', by: 'expires_at' },
  sign_in_challenges: { key: 'token_hash', by: 'expires_at' },
  remembered_devices: { key: '(user_id, device_hash)', by: 'expires_at' },
  /** Those that were never confirmed, by their beginning. */
  totp_factors: { key: 'id', by: 'created_at', where: 'confirmed_at IS NULL' },
  social_journeys: { key: 'state_hash', by: 'expires_at' },
  social_sign_ups: { key: 'ticket_hash', by: 'expires_at' },
  organization_invitations: { key: 'id', by: 'expires_at' },
} as const satisfies Readonly<Record<string, Retention>>

export type Retained = keyof typeof retained

const removeStatement = (table: Retained): string => {
  const { key, by, where = 'true' }: Retention = retained[table]
  const columns = key.replace(/[()]/g, '')
  return `
    DELETE FROM ${table} WHERE ${key} IN (
      SELECT ${columns} FROM ${table} WHERE ${where} AND ${by} < $1 ORDER BY ${by} LIMIT $2 FOR UPDATE SKIP LOCKED)`
}

const oldestStatement = (table: Retained): string => {
  const { by, where = 'true' }: Retention = retained[table]
  return `SELECT min(${by}) AS oldest FROM ${table} WHERE ${where}`
}

export const createRetention = ({ pool }: { pool: Pool }) => ({
  /** Gives how many rows from before `before` it deleted, at most `batchSize`. */
  deleteBatch: async (what: Retained, before: Date, batchSize: number): Promise<number> => {
    const { rowCount } = await pool.query(removeStatement(what), [before, batchSize])
    return rowCount ?? 0
  },

  /** The instant that decides about the oldest row; undefined where there is none. */
  findOldest: async (what: Retained): Promise<Date | undefined> => {
    const { rows } = await pool.query<{ oldest: Date | null }>(oldestStatement(what))
    return rows[0]?.oldest ?? undefined
  },
})
