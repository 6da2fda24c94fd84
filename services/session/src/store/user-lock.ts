/** What creates or ends several sessions of a user happens one at a time for that user, in every replica. */
import type { PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'

/** Held until the transaction ends. Rows are locked only after it, always in the order of their ids. */
export const lockUser = async (client: PoolClient, userId: UserId): Promise<void> => {
  await client.query({
    name: 'lock-user',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
    values: [`latchkey_session:${userId}`],
  })
}
