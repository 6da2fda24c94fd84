/**
 * Prepares a database for the suite: for each service a role that may log in and a schema that only this role
 * may use, so that no service can read another's tables. Runs as often as one likes.
 */
import pg from 'pg'
import { withAdvisoryLock } from './advisory-lock.ts'
import { ensureSchema } from './schema-owner.ts'
import { scramVerifier } from './scram.ts'
import { withClient } from './with-client.ts'

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
 * Does all or nothing, in one transaction; when several do it at once, one after the other.
 * @throws Error that says which right is missing when not even schemas can be created
 */
export const provision = (init: ProvisionInit): Promise<Provisioned> =>
  withAdvisoryLock(init.adminUrl, 'latchkey provision', () =>
    withClient(init.adminUrl, async client => {
      await client.query('BEGIN')
      const provisioned = await provisionServices(client, init)
      await closePublicSchema(client)
      await client.query('COMMIT')
      return provisioned
    }),
  )

const provisionServices = async (client: pg.Client, init: ProvisionInit): Promise<Provisioned> => {
  const { adminUrl, rolePrefix = 'latchkey' } = init
  const admin = await readAdmin(client)
  const services: Record<string, { schema: string; url: string }> = {}
  for (const { name, password } of init.services) {
    const schema = schemaOf(name)
    const role = `${rolePrefix}_${name}`
    if (admin.mayCreateRoles) await ensureRole(client, admin, role, password)
    await ensureSchema(client, schema, admin.mayCreateRoles ? role : admin.name)
    services[name] = { schema, url: admin.mayCreateRoles ? asRole(adminUrl, role, password) : adminUrl }
  }
  return { roles: admin.mayCreateRoles ? 'separate' : 'shared', services }
}

/** The schema of a service: `latchkey_session`. */
export const schemaOf = (service: string): string => `latchkey_${service}`

interface Admin {
  readonly name: string
  readonly isSuperuser: boolean
  readonly mayCreateRoles: boolean
}

const readAdmin = async (client: pg.Client): Promise<Admin> => {
  const { rows } = await client.query<Admin>(
    `SELECT rolname AS name, rolsuper AS "isSuperuser", rolsuper OR rolcreaterole AS "mayCreateRoles"
       FROM pg_roles WHERE rolname = current_user`,
  )
  const [admin] = rows
  if (admin === undefined) throw new Error('the role that is logged in does not exist any more')
  return admin
}

const ensureRole = async (client: pg.Client, admin: Admin, role: string, password: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
  const name = pg.escapeIdentifier(role)
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER'
  await client.query(`${verb} ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`)
  // Only who may become a role may give a schema to it: a superuser may, but since Postgres 16 the maker of a role
  // is no longer a member by that alone. @see PostgreSQL docs §21.2
  if (!admin.isSuperuser) await client.query(`GRANT ${name} TO CURRENT_USER`)
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
