/** Scopes of the installation's own, beside those that come with it. */
import type { TokenDatabase } from './token-database.ts'

export const addScopes = async (
  { pool }: Pick<TokenDatabase, 'pool'>,
  names: readonly string[],
  { isDefault = false, isActive = true } = {},
): Promise<void> => {
  await pool.query(
    `insert into scopes (name, description, is_default, active)
     select name, name, $2, $3 from unnest($1::text[]) as name on conflict do nothing`,
    [names, isDefault, isActive],
  )
}
