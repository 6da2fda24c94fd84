/**
 * Schemas and who owns them. A suite that began with one role for all may get roles later: then each schema and
 * what is in it is handed over.
 */
import pg from 'pg'

/**
 * Makes the schema for `owner`, or hands an existing one over to it; nobody else may use it.
 * @throws Error that names the GRANT that is missing
 */
export const ensureSchema = async (client: pg.Client, schema: string, owner: string): Promise<void> => {
  const name = pg.escapeIdentifier(schema)
  const role = pg.escapeIdentifier(owner)
  const { rows } = await client.query<{ owner: string }>(
    'SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1',
    [schema],
  )
  const [existing] = rows
  if (existing === undefined) {
    await expectMayCreateSchemas(client)
    await client.query(`CREATE SCHEMA ${name} AUTHORIZATION ${role}`)
  } else if (existing.owner !== owner) {
    await client.query(`ALTER SCHEMA ${name} OWNER TO ${role}`)
    for (const statement of await handOvers(client, schema, owner)) await client.query(statement)
  }
  await client.query(`REVOKE ALL ON SCHEMA ${name} FROM PUBLIC`)
}

const expectMayCreateSchemas = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ allowed: boolean; database: string; role: string }>(
    `SELECT has_database_privilege(current_database(), 'CREATE') AS allowed,
            quote_ident(current_database()) AS database, quote_ident(current_user) AS role`,
  )
  const [row] = rows
  if (row?.allowed === false) {
    throw new Error(
      `${row.role} may not create schemas; its owner can allow it: GRANT CREATE ON DATABASE ${row.database} TO ${row.role}`,
    )
  }
}

// Sequences of columns and types of rows follow their tables.
const handOverStatements = `
  SELECT format('ALTER TABLE %s OWNER TO %I', oid::regclass, $2::text) AS statement
    FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
  UNION ALL
  SELECT format('ALTER TYPE %s OWNER TO %I', oid::regtype, $2::text)
    FROM pg_type WHERE typnamespace = $1::regnamespace AND typtype IN ('e', 'd')
  UNION ALL
  SELECT format('ALTER ROUTINE %s OWNER TO %I', oid::regprocedure, $2::text)
    FROM pg_proc WHERE pronamespace = $1::regnamespace`

const handOvers = async (client: pg.Client, schema: string, owner: string): Promise<string[]> => {
  const { rows } = await client.query<{ statement: string }>(handOverStatements, [
    pg.escapeIdentifier(schema),
    owner,
  ])
  return rows.map(({ statement }) => statement)
}
