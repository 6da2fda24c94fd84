/** An empty database for as long as some work takes, in which migrations can be replayed. */
import { randomBytes } from 'node:crypto'
import { withClient } from './with-client.ts'

/** `serverUrl` must be allowed to create databases. */
export const withScratchDatabase = <Result>(
  serverUrl: string,
  work: (url: string) => Promise<Result>,
): Promise<Result> =>
  withClient(serverUrl, async client => {
    const name = `latchkey_scratch_${randomBytes(8).toString('hex')}`
    await client.query(`CREATE DATABASE ${name}`)
    try {
      const url = new URL(serverUrl)
      url.pathname = `/${name}`
      return await work(url.href)
    } finally {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    }
  })
