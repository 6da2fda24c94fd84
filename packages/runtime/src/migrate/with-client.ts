import pg from 'pg'

/** One connection outside of any pool, for as long as `work` runs. */
export const withClient = async <Result>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> => {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'latchkey migrate',
    connectionTimeoutMillis: 30_000,
    keepAlive: true,
  })
  // A connection that breaks between two statements fails the next one; without a listener it ends the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
