/** Roles belong to the server and outlive the database for which a suite made them: whoever made them drops them. */
import { startPostgres } from '@latchkey/testkit'
import { withPostgres } from './postgres.ts'

/** The owners of the suite's schemas in this database. */
export const rolesIn = (url: string): Promise<readonly string[]> =>
  withPostgres(url, async client => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT DISTINCT nspowner::regrole::text AS name FROM pg_namespace WHERE nspname LIKE 'latchkey%'`,
    )
    return rows.map(({ name }) => name)
  })

export const dropRoles = async (roles: readonly string[]): Promise<void> => {
  const { url } = await startPostgres()
  await withPostgres(url, async client => {
    for (const role of roles) await client.query(`DROP ROLE IF EXISTS ${role}`)
  })
}
