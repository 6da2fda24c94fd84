/** One transaction on one connection. No remote call belongs inside: what must leave goes through the outbox. */
import type pg from 'pg'
import { isDatabaseUnavailable } from './errors.ts'

/**
 * Runs `work` between BEGIN and COMMIT and gives its result; whatever it throws rolls back and is thrown on. A
 * connection that broke on the way is closed, not put back. When it breaks during COMMIT nobody can know whether
 * the work was committed: what is done again after that must not mind.
 */
export const inTransaction = async <Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> => {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    client.release(await rollBack(client, error))
    throw error
  }
}

/** Whether the connection is to be closed: after a failure that leaves its state unknown, or a failed ROLLBACK. */
const rollBack = async (client: pg.PoolClient, error: unknown): Promise<boolean> => {
  if (isDatabaseUnavailable(error)) return true
  try {
    await client.query('ROLLBACK')
    return false
  } catch {
    return true
  }
}
