/** Short visits to the Postgres of the launcher's own: is it up, whose is it, has it our database? */
import pg from 'pg'

const timeoutMs = 2_000

/** Runs `work` on a connection of its own. @throws what connecting or the work throws */
export const withConnection = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  })
  // An idle connection that breaks says so here, and the work's own query rejects.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

export const answersQueries = (url: string): Promise<boolean> =>
  withConnection(url, client => client.query('SELECT 1')).then(
    () => true,
    () => false,
  )

/** Makes the database of `url`, through the server's own `postgres` one, unless it is there. */
export const ensureDatabase = async (url: string): Promise<void> => {
  const name = new URL(url).pathname.slice(1)
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  await withConnection(maintenance.href, async client => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  })
}
