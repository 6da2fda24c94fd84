/** Deletes what is past its time, a small batch at a time. Replicas that do so at once take different rows. */
import type { Pool } from 'pg'

const statements = {
  /** By the end of their life. */
  password_resets: {
    remove: `
      DELETE FROM password_resets WHERE token_hash IN (
        SELECT token_hash FROM password_resets
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM password_resets',
  },
  /** By the end of their life. */
  not_me_links: {
    remove: `
      DELETE FROM not_me_links WHERE token_hash IN (
        SELECT token_hash FROM not_me_links
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM not_me_links',
  },
  /** By the end of the lock, or of the count that did not come to one. */
  login_attempts: {
    remove: `
      DELETE FROM login_attempts WHERE (email_key, device_hash) IN (
        SELECT email_key, device_hash FROM login_attempts
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM login_attempts',
  },
  /** By the end of their life. */
  social_journeys: {
    remove: `
      DELETE FROM social_journeys WHERE state_hash IN (
        SELECT state_hash FROM social_journeys
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM social_journeys',
  },
  /** By the end of their life. */
  social_sign_ups: {
    remove: `
      DELETE FROM social_sign_ups WHERE ticket_hash IN (
        SELECT ticket_hash FROM social_sign_ups
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM social_sign_ups',
  },
  /** By their last use. */
  known_devices: {
    remove: `
      DELETE FROM known_devices WHERE (user_id, device_hash) IN (
        SELECT user_id, device_hash FROM known_devices
         WHERE last_seen_at < $1 ORDER BY last_seen_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(last_seen_at) AS oldest FROM known_devices',
  },
  /** By the end of their link. */
  email_proofs: {
    remove: `
      DELETE FROM email_proofs WHERE id IN (
        SELECT id FROM email_proofs WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM email_proofs',
  },
  email_changes: {
    remove: `
      DELETE FROM email_changes WHERE id IN (
        SELECT id FROM email_changes WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM email_changes',
  },
  asked_mails: {
    remove: `
      DELETE FROM asked_mails WHERE id IN (
        SELECT id FROM asked_mails WHERE asked_at < $1 ORDER BY asked_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(asked_at) AS oldest FROM asked_mails',
  },
  authentications: {
    remove: `
      DELETE FROM authentications WHERE session_id IN (
        SELECT session_id FROM authentications
         WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(at) AS oldest FROM authentications',
  },
  /** By the end of their life, used or not. */
  passkey_ceremonies: {
    remove: `
      DELETE FROM passkey_ceremonies WHERE challenge_hash IN (
        SELECT challenge_hash FROM passkey_ceremonies
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM passkey_ceremonies',
  },
  /** By the end of their life. */
  sign_in_challenges: {
    remove: `
      DELETE FROM sign_in_challenges WHERE token_hash IN (
        SELECT token_hash FROM sign_in_challenges
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM sign_in_challenges',
  },
  remembered_devices: {
    remove: `
      DELETE FROM remembered_devices WHERE (user_id, device_hash) IN (
        SELECT user_id, device_hash FROM remembered_devices
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM remembered_devices',
  },
  /** Those that were never confirmed, by their beginning. */
  totp_factors: {
    remove: `
      DELETE FROM totp_factors WHERE id IN (
        SELECT id FROM totp_factors
         WHERE confirmed_at IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(created_at) AS oldest FROM totp_factors WHERE confirmed_at IS NULL',
  },
  /** By the end of their life, accepted or not. */
  organization_invitations: {
    remove: `
      DELETE FROM organization_invitations WHERE id IN (
        SELECT id FROM organization_invitations
         WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    oldest: 'SELECT min(expires_at) AS oldest FROM organization_invitations',
  },
} as const

export type Retained = keyof typeof statements

export const createRetention = ({ pool }: { pool: Pool }) => ({
  /** Gives how many rows from before `before` it deleted, at most `batchSize`. */
  deleteBatch: async (what: Retained, before: Date, batchSize: number): Promise<number> => {
    const { rowCount } = await pool.query(statements[what].remove, [before, batchSize])
    return rowCount ?? 0
  },

  /** The instant that decides about the oldest row; undefined where there is none. */
  findOldest: async (what: Retained): Promise<Date | undefined> => {
    const { rows } = await pool.query<{ oldest: Date | null }>(statements[what].oldest)
    return rows[0]?.oldest ?? undefined
  },
})
