/** One at a time, across replicas: a lock in Postgres that is let go when its connection ends, however it ends. */
import { withClient } from './with-client.ts'

/** Waits for the lock `name` of that database, holds it on a connection of its own while `work` runs. */
export const withAdvisoryLock = <Result>(
  databaseUrl: string,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> =>
  withClient(databaseUrl, async client => {
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name])
    return work()
  })
