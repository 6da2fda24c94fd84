/**
 * Files run side by side, but one suite or example starts at a time: each chooses its ports some seconds before it
 * listens on them, so that two in that moment could choose the same one.
 */
import pg from 'pg'
import { startPostgres } from './postgres.ts'

// Of no meaning; the lock goes with the connection, however the test ends.
const lockKey = 7_254_120

/** Starts something while nothing else is started so, in any process of the run. */
export const oneStartAtATime = async <Result>(start: () => Promise<Result>): Promise<Result> => {
  const { url } = await startPostgres()
  const client = new pg.Client({ connectionString: url, keepAlive: true })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    return await start()
  } finally {
    await client.end()
  }
}
