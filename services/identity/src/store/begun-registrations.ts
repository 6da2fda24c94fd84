/**
 * Registrations that begin with a session: other services hear of a user whom there is not yet. A row of the outbox, written
 * before, has them forget again, and the INSERT of the user takes it away: nobody stays known elsewhere whose registration
 * came to nothing, whatever ended it.
 */
import type { Pool, PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'

// Longer than any registration takes whose answer somebody still waits for.
const undoneAfterSeconds = 300

// The row has the user's id: there is one registration of it.
const begin = `
  INSERT INTO outbox (id, kind, key, payload, next_attempt_at)
  VALUES ($1::uuid, 'registration.undone', ($1::uuid)::text, jsonb_build_object('userId', ($1::uuid)::text),
          now() + make_interval(secs => $2))`

const undo = `UPDATE outbox SET next_attempt_at = now() WHERE id = $1 AND kind = 'registration.undone' AND attempts = 0`

const keep = `DELETE FROM outbox WHERE id = $1 AND kind = 'registration.undone' AND attempts = 0`

export const createBegunRegistrations = ({ pool }: { pool: Pool }) => ({
  begin: async (userId: UserId): Promise<void> => {
    await pool.query(begin, [userId, undoneAfterSeconds])
  },

  /** It came to nothing: the others are told with the next look into the outbox. Nothing where the user was inserted. */
  undo: async (userId: UserId): Promise<void> => {
    await pool.query(undo, [userId])
  },
})

/** In the transaction that inserts the user. @throws where the others are being told already that there is none */
export const keepRegistration = async (client: Pick<PoolClient, 'query'>, userId: UserId): Promise<void> => {
  const { rowCount } = await client.query(keep, [userId])
  if (rowCount !== 1) throw new Error('the registration took so long that it has been undone')
}
