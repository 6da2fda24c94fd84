/** `latchkey migrate`: brings the schemas up to the code, or tells what that would do. */
import { migrate, pendingMigrations, schemaOf } from '@latchkey/runtime/migrate'
import pg from 'pg'
import type { Command, Invocation } from '../command.ts'
import { databaseUrls } from '../database-settings.ts'
import { exitCodes } from '../exit-codes.ts'
import { chosenServices, type DatabaseService, prismaPaths } from '../services.ts'

interface Row {
  readonly service: string
  readonly migrations: readonly string[]
}

export const migrateCommand: Command = {
  name: 'migrate',
  operands: '[service…]',
  summary: 'Applies pending migrations of all services, or of those named; any number may run at once',
  options: { check: { type: 'boolean' } },
  help: [
    '--check   only prints what is pending; exit code 1 when something is',
    'Reads <SERVICE>_DATABASE_URL (IDENTITY_DATABASE_URL …), else DATABASE_URL; each also as …_FILE.',
  ],
  run: async invocation => {
    const services = chosenServices(invocation.operands)
    const urls = databaseUrls(services, invocation.env)
    return invocation.options.check === true
      ? check(services, urls, invocation)
      : apply(services, urls, invocation)
  },
}

type Services = ReturnType<typeof chosenServices>
type Urls = ReturnType<typeof databaseUrls>

const apply = async (services: Services, urls: Urls, { logger, answer }: Invocation) => {
  const rows: Row[] = []
  for (const service of services) {
    const migrations = await migrate({
      databaseUrl: urls[service] ?? '',
      schema: schemaOf(service),
      ...prismaPaths(service),
      logger,
    })
    rows.push({ service, migrations })
  }
  answer({ applied: rows }, describe(rows, 'up to date', 'applied'))
  return exitCodes.ok
}

const check = async (services: Services, urls: Urls, { answer }: Invocation) => {
  const rows: Row[] = []
  for (const service of services) {
    rows.push({ service, migrations: await pendingOf(service, urls[service] ?? '') })
  }
  answer({ pending: rows }, describe(rows, 'up to date', 'pending'))
  return rows.some(({ migrations }) => migrations.length > 0) ? exitCodes.failure : exitCodes.ok
}

const pendingOf = async (service: DatabaseService, url: string): Promise<readonly string[]> => {
  const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 30_000 })
  // Also on its way out, a connection may hear that the server lets it go; without a listener that ends the process.
  pool.on('error', () => undefined)
  try {
    const { migrationsPath } = prismaPaths(service)
    return await pendingMigrations({ pool, schema: schemaOf(service), migrationsPath })
  } finally {
    await pool.end()
  }
}

const describe = (rows: readonly Row[], none: string, some: string): string =>
  rows
    .map(({ service, migrations }) =>
      [`${service}: ${migrations.length === 0 ? none : some}`, ...migrations.map(name => `  ${name}`)].join(
        '\n',
      ),
    )
    .join('\n')
