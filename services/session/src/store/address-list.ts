/** All that is kept of where a user was seen, for their own eyes: what is judged by it is in `known-addresses.ts`. */
import type { Pool } from 'pg'
import type { AddressPage, KnownAddress } from '../domain/known-address.ts'

interface AddressRow {
  readonly address: string
  readonly first_seen_at: Date
  readonly last_seen_at: Date
  readonly proven_at: Date | null
}

export const createAddressList = ({ pool }: { pool: Pool }) => ({
  /** Those after `after`, in the order of the addresses. */
  page: async ({ userId, after, limit }: AddressPage): Promise<readonly KnownAddress[]> => {
    const { rows } = await pool.query<AddressRow>(
      `SELECT address, first_seen_at, last_seen_at, proven_at FROM known_addresses
        WHERE user_id = $1 AND address > $2
        ORDER BY address
        LIMIT $3`,
      [userId, after ?? '', limit],
    )
    return rows.map(row => ({
      address: row.address,
      firstSeenAt: row.first_seen_at,
      lastSeenAt: row.last_seen_at,
      provenAt: row.proven_at ?? undefined,
    }))
  },
})
