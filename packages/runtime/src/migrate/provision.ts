/**
 * Prepares a database for the suite: for each service a role that may log in and a schema that only this role
 * may use, so that no service can read another's tables. Runs as often as one likes.
 */
import pg from 'pg'
import { withAdvisoryLock } from './advisory-lock.ts'
import { scramVerifier } from './scram.ts'

export interface ServiceAccount {
  /** `identity`: the schema is `latchkey_identity`, and so is the role unless `rolePrefix` says otherwise. */
  readonly name: string
  readonly password: string
}

export interface ProvisionInit {
  /** A superuser, a role with CREATEROLE and CREATE on the database, or, at least, one with CREATE on it. */
  readonly adminUrl: string
  readonly services: readonly ServiceAccount[]
  /** Roles belong to the whole server: two suites on one server, in two databases, need two prefixes. */
  readonly rolePrefix?: string
}

export interface Provisioned {
  /** `shared`: roles could not be created, so all services log in as the given one, each to its own schema. */
  readonly roles: 'separate' | 'shared'
  readonly services: Readonly<Record<string, { readonly schema: string; readonly url: string }>>
}

/**
 * @throws Error that says which right is missing when not even schemas can be created
 */
export const provision = (init: ProvisionInit): Promise<Provisioned> =>
  withAdvisoryLock(init.adminUrl, 'latchkey provision', async () => {
    const client = new pg.Client({ connectionString: init.adminUrl, connectionTimeoutMillis: 30_000 })
    await client.connect()
    try {
      const roles = (await mayCreateRoles(client)) ? 'separate' : 'shared'
      const services: Record<string, { schema: string; url: string }> = {}
      await client.query('BEGIN')
      for (const service of init.services) {
        const schema = schemaOf(service.name)
        const role = roles === 'separate' ? `${init.rolePrefix ?? 'latchkey'}_${service.name}` : undefined
        if (role !== undefined) await ensureRole(client, role, service.password)
        await ensureSchema(client, schema, role)
        services[service.name] = {
          schema,
          url: role === undefined ? init.adminUrl : asRole(init.adminUrl, role, service.password),
        }
      }
      await closePublicSchema(client)
      await client.query('COMMIT')
      return { roles, services }
    } finally {
      await client.end()
    }
  })

/** The schema of a service: `latchkey_session`. */
export const schemaOf = (service: string): string => `latchkey_${service}`

const mayCreateRoles = async (client: pg.Client): Promise<boolean> => {
  const { rows } = await client.query<{ allowed: boolean }>(
    'SELECT rolsuper OR rolcreaterole AS allowed FROM pg_roles WHERE rolname = current_user',
  )
  return rows[0]?.allowed === true
}

const ensureRole = async (client: pg.Client, role: string, password: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
  const name = pg.escapeIdentifier(role)
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER'
  await client.query(`${verb} ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`)
  // Only a member may give a schema to a role; a superuser is one of every role. Since Postgres 16, making a role
  // does not make its maker a member. @see PostgreSQL docs §21.2
  await client.query(`
    DO $$ BEGIN
      IF NOT pg_has_role(current_user, ${pg.escapeLiteral(role)}, 'MEMBER') OR NOT (
        SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
      THEN GRANT ${name} TO CURRENT_USER; END IF;
    END $$`)
}

const ensureSchema = async (client: pg.Client, schema: string, role: string | undefined): Promise<void> => {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])
  const name = pg.escapeIdentifier(schema)
  const owner = role === undefined ? 'CURRENT_USER' : pg.escapeIdentifier(role)
  if (rowCount === 0) await client.query(`CREATE SCHEMA ${name} AUTHORIZATION ${owner}`)
  await client.query(`REVOKE ALL ON SCHEMA ${name} FROM PUBLIC`)
}

/** Nobody leaves tables where all of them look: the default since Postgres 15, done for older databases. */
const closePublicSchema = async (client: pg.Client): Promise<void> => {
  const { rowCount } = await client.query(
    `SELECT FROM pg_namespace WHERE nspname = 'public' AND pg_has_role(current_user, nspowner, 'USAGE')`,
  )
  if (rowCount !== 0) await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
}

const asRole = (url: string, role: string, password: string): string => {
  const own = new URL(url)
  own.username = role
  own.password = encodeURIComponent(password)
  return own.href
}
