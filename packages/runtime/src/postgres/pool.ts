/**
 * A service's one pool of Postgres connections, shared by Prisma and by hand-written statements. It never makes
 * a request wait for ever, sees only its own schema, and outlives a restart of Postgres: a broken connection is
 * dropped, the next query opens another.
 */
import pg from 'pg'
import type { Logger } from '../logger/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { sessionOptions } from './session-options.ts'

export interface PoolInit {
  /** `postgres://user:password@host:port/database`, with `sslmode` and its like where wanted. */
  readonly url: string
  /** The schema that unqualified names mean. */
  readonly schema: string
  /** Connections opened ahead and kept, 0 by default. */
  readonly min?: number
  /** Most connections of this process; the sum over all replicas stays under Postgres' `max_connections`. */
  readonly max?: number
  /** How long a query waits for a connection, free or new (`DATABASE_POOL_TIMEOUT`). */
  readonly connectTimeoutMs?: number
  /** Longest run of one statement; Postgres cancels it then. */
  readonly statementTimeoutMs?: number
  /**
   * Plans each named statement once for a connection, whatever it is given. Left to itself, Postgres expects ten of
   * `any($1)`, finds a plan for the one at hand cheaper, and so plans anew each time, which costs more than the statement.
   * A plan that is kept goes by keys: the table may have been empty when it was made, and be full a minute later.
   * Only where no statement needs another plan for other parameters (a filter that may be null). False by default.
   */
  readonly plansOnce?: boolean
  /** What `pg_stat_activity` shows. */
  readonly applicationName: string
  readonly logger: Pick<Logger, 'warn'>
  readonly metrics?: Pick<Metrics, 'observeDatabasePool'>
}

// A statement that Postgres should have cancelled by now will never be answered: the network is gone.
const answerGraceMs = 2_000
const idleTimeoutMs = 30_000

const keptPlans = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  // Before Postgres 18, a scan that nothing can replace looks so dear then that it would be compiled.
  jit: 'off',
}

/** The pool; end it with `pool.end()`. With Prisma: `new PrismaPg(pool, { schema })`. */
export const createPool = (init: PoolInit): pg.Pool => {
  const statementTimeoutMs = init.statementTimeoutMs ?? 10_000
  const pool = new pg.Pool({
    ...sessionOptions(init.url, {
      search_path: init.schema,
      ...(init.plansOnce === true ? keptPlans : {}),
    }),
    min: init.min ?? 0,
    max: init.max ?? 20,
    connectionTimeoutMillis: init.connectTimeoutMs ?? 30_000,
    idleTimeoutMillis: idleTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: init.applicationName,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + answerGraceMs,
    idle_in_transaction_session_timeout: statementTimeoutMs + answerGraceMs,
  })
  // Without listeners, a connection that Postgres closes would end the process: an idle one is the pool's to tell
  // of, one in use its own; there the next statement fails as well.
  pool.on('error', error => init.logger.warn({ error }, 'an idle database connection was lost'))
  pool.on('connect', client => client.on('error', () => undefined))
  init.metrics?.observeDatabasePool(pool)
  void openAhead(pool, init.min ?? 0)
  return pool
}

/** So that the first requests after a start don't pay for connecting. What fails here is retried by the first query. */
const openAhead = async (pool: pg.Pool, count: number): Promise<void> => {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => pool.connect()))
  for (const result of opened) if (result.status === 'fulfilled') result.value.release()
}
