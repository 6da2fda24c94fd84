/** The clients that a session has signed in to and that are told of its end in the browser. */
import type pg from 'pg'
import type { ClientId, SessionId } from '../domain/ids.ts'

// Each is a frame of one page, and a name in one URL.
const mostClients = 20

const findStatement = `
  select c.id from client_sessions s join clients c on c.id = s.client_id
   where s.session_id = $1 and c.active and c.metadata ? 'frontchannel_logout_uri'
   order by s.created_at desc limit ${mostClients}`

export const createFrontchannelClients = ({ pool }: { pool: pg.Pool }) => ({
  /** The latest first. None of a session that has ended: its end forgets where it was. */
  find: async (sessionId: SessionId): Promise<readonly ClientId[]> => {
    const { rows } = await pool.query<{ id: ClientId }>({
      name: 'find-frontchannel-clients',
      text: findStatement,
      values: [sessionId],
    })
    return rows.map(({ id }) => id)
  },
})
