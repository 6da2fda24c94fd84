/** Challenges that were given out, by their hash. Each is good once, for what and whom it was given out for. */
import type { Pool } from 'pg'
import type { PasskeyChallengeHash, UserId } from '../domain/ids.ts'
import type { CeremonyPurpose, PasskeyCeremony } from '../domain/passkey.ts'

const insert = `
  INSERT INTO passkey_ceremonies (challenge_hash, purpose, user_id, bound_to, expires_at) VALUES ($1, $2, $3, $4, $5)`

// At most one success, whatever the number of parallel requests.
const consume = `
  UPDATE passkey_ceremonies SET used_at = $4
   WHERE challenge_hash = $1 AND purpose = $2 AND bound_to = $3 AND used_at IS NULL AND expires_at > $4
  RETURNING user_id`

export interface CeremonyUse {
  readonly challengeHash: PasskeyChallengeHash
  readonly purpose: CeremonyPurpose
  readonly boundTo: string
  readonly at: Date
}

export const createPasskeyCeremonies = ({ pool }: { pool: Pool }) => ({
  begin: async ({ challengeHash, purpose, userId, boundTo, expiresAt }: PasskeyCeremony): Promise<void> => {
    const values = [challengeHash, purpose, userId ?? null, boundTo, expiresAt]
    await pool.query({ name: 'begin-passkey-ceremony', text: insert, values })
  },

  /** Whom it was given out for, where that was known. Undefined where it is no good, for whatever reason. */
  consume: async (use: CeremonyUse): Promise<{ readonly userId: UserId | undefined } | undefined> => {
    const { challengeHash, purpose, boundTo, at } = use
    const { rows } = await pool.query<{ user_id: string | null }>({
      name: 'consume-passkey-ceremony',
      text: consume,
      values: [challengeHash, purpose, boundTo, at],
    })
    const [row] = rows
    return row && { userId: (row.user_id ?? undefined) as UserId | undefined }
  },
})
