/** An empty database for as long as some work takes, in which migrations can be replayed. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** `serverUrl` must be allowed to create databases. */
export const withScratchDatabase = async <Result>(
  serverUrl: string,
  work: (url: string) => Promise<Result>,
): Promise<Result> => {
  const name = `latchkey_scratch_${randomBytes(8).toString('hex')}`
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE ${name}`)
    const url = new URL(serverUrl)
    url.pathname = `/${name}`
    return await work(url.href)
  } finally {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await client.end()
  }
}
