/** A database with the outbox table as services declare it, and what a test needs around a relay. */
import { createLogger } from '@latchkey/runtime/logger'
import { createMetrics } from '@latchkey/runtime/metrics'
import { createPool } from '@latchkey/runtime/postgres'
import { createTestDatabase } from '@latchkey/testkit'

const table = `
  CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    key text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_error text,
    relayed_at timestamptz);
  CREATE INDEX outbox_pending_idx ON outbox (next_attempt_at) WHERE relayed_at IS NULL;`

export const quietLogger = createLogger({
  service: 'test',
  level: 'ERROR',
  destination: { write: () => undefined },
})

export const anOutbox = async () => {
  const database = await createTestDatabase()
  const openPool = () =>
    createPool({ url: database.url, schema: 'public', max: 5, applicationName: 'test', logger: quietLogger })
  const pool = openPool()
  await pool.query(table)
  const metrics = createMetrics('test')
  return {
    database,
    pool,
    metrics,
    openPool,
    /** What a scrape gets of it. */
    metric: async (name: string): Promise<number | undefined> => {
      const [, value] =
        new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec((await metrics.render()).body) ?? []
      return value === undefined ? undefined : Number(value)
    },
    row: async (id: string): Promise<Record<string, unknown> | undefined> =>
      (await pool.query<Record<string, unknown>>('SELECT * FROM outbox WHERE id = $1', [id])).rows[0],
    /** As if the time until the next attempt had passed. */
    makeDue: () => pool.query('UPDATE outbox SET next_attempt_at = now() WHERE relayed_at IS NULL'),
    close: async () => {
      await pool.end()
      await database.drop()
    },
  }
}

export type AnOutbox = Awaited<ReturnType<typeof anOutbox>>
