/**
 * Real Postgres for tests. One server serves the whole run (`npm test` starts it and sets TEST_DATABASE_URL);
 * each test file takes a database of its own from it, so that files run side by side.
 */
import { randomBytes } from 'node:crypto'
import pg from 'pg'

export interface TestDatabase {
  /** `postgres://…/<fresh database>`, as a superuser. */
  readonly url: string
  readonly name: string
  /** Ends every connection and refuses new ones, as a crashed or restarting server does. */
  readonly stop: () => Promise<void>
  /** Ends every connection; new ones are welcome: what a quick restart looks like. */
  readonly disconnectAll: () => Promise<void>
  readonly start: () => Promise<void>
  readonly drop: () => Promise<void>
}

/**
 * The URL of the run's Postgres, as a superuser of its own database.
 * @throws Error that says how to run the tests when there is none
 */
export const startPostgres = async (): Promise<{ url: string }> => {
  const url = process.env.TEST_DATABASE_URL
  if (url === undefined || url === '') {
    throw new Error(
      'These tests need Postgres. Run them through `npm test`, which provides one, or set TEST_DATABASE_URL to a superuser of one that they may create databases on.',
    )
  }
  return { url }
}

/** A fresh empty database on the run's server; `drop` it when the file is done. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const { url: serverUrl } = await startPostgres()
  const name = `test_${randomBytes(8).toString('hex')}`
  const url = new URL(serverUrl)
  url.pathname = `/${name}`

  const disconnectAll = () =>
    administer(serverUrl, [
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`,
    ])

  await administer(serverUrl, [`CREATE DATABASE ${name}`])
  return {
    url: url.href,
    name,
    disconnectAll,
    stop: async () => {
      await administer(serverUrl, [`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`])
      await disconnectAll()
    },
    start: () => administer(serverUrl, [`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`]),
    drop: () => administer(serverUrl, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]),
  }
}

const administer = async (serverUrl: string, statements: readonly string[]): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
