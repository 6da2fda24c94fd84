/** Opens Postgres, as both processes have it. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createPool } from '@latchkey/runtime/postgres'
import { poolOptionsOf } from '@latchkey/runtime/settings'
import type { ServiceSettings, WorkerSettings } from './config.ts'
import { databaseSchema } from './store/database-schema.ts'
import { createPrisma } from './store/prisma.ts'

export interface DatabaseInit {
  readonly settings: ServiceSettings | WorkerSettings
  readonly applicationName: string
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

export const composeDatabase = ({ settings, applicationName, metrics, logger, closing }: DatabaseInit) => {
  const pool = createPool({
    ...poolOptionsOf(settings),
    schema: databaseSchema.schema,
    applicationName,
    logger,
    metrics,
  })
  closing.add('postgres', () => pool.end())
  return { pool, prisma: createPrisma(pool) }
}
