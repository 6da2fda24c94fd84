import type { ServiceDatabase } from '@latchkey/service-testkit'
import { eventually } from '@latchkey/testkit'

/** Until so many statements of the database wait for a lock. */
export const untilWaiting = ({ pool }: Pick<ServiceDatabase, 'pool'>, count = 1) =>
  eventually(async () => {
    const { rows } = await pool.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    if (rows[0]?.waiting !== count) throw new Error(`${rows[0]?.waiting} wait`)
  })
