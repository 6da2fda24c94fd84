/** One at a time, across replicas: a lock in Postgres that is let go when its connection ends, however it ends. */
import pg from 'pg'

/** Waits for the lock `name` of that database, holds it on a connection of its own while `work` runs. */
export const withAdvisoryLock = async <Result>(
  databaseUrl: string,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: name,
    connectionTimeoutMillis: 30_000,
    keepAlive: true,
  })
  // Losing the connection shows at the end, where the lock could no longer be given back.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name])
    return await work()
  } finally {
    await client.end()
  }
}
