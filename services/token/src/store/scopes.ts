/** Scopes. The hot path reads them from memory, where they are kept for a few seconds or until one has changed. */
import type pg from 'pg'
import type { Scope } from '../domain/scope.ts'

// Without the message of a change, which Redis may lose, no replica believes an old state for longer than that.
const keptMs = 5_000

interface Row {
  name: string
  description: string
  is_default: boolean
  active: boolean
  built_in: boolean
}

const toScope = (row: Row): Scope => ({
  name: row.name,
  description: row.description,
  isDefault: row.is_default,
  isActive: row.active,
  isBuiltIn: row.built_in,
})

const columns = 'name, description, is_default, active, built_in'

const updateStatement = `
  update scopes set description = coalesce($2, description), is_default = coalesce($3, is_default),
                    active = coalesce($4, active), updated_at = now()
   where name = $1 returning ${columns}`

/** Takes the scope from the clients that had it, too. */
const deleteStatement = `
  with deleted as (
    delete from scopes where name = $1 and not built_in returning name
  ), clients as (
    update clients set updated_at = now(), metadata = jsonb_set(metadata, '{scope}', to_jsonb(array_to_string(
             array_remove(string_to_array(metadata->>'scope', ' '), $1), ' ')))
     where $1 = any(string_to_array(metadata->>'scope', ' ')) and exists (select from deleted)
    returning id
  )
  select (select count(*)::int from deleted) as deleted, coalesce(array_agg(id), '{}') as clients from clients`

const defaultsStatement = `
  update scopes set is_default = name = any($1), updated_at = now() where is_default <> (name = any($1))`

export interface ScopesDeps {
  readonly pool: pg.Pool
  readonly now: () => Date
}

export const createScopes = ({ pool, now }: ScopesDeps) => {
  let kept: { readonly scopes: Promise<readonly Scope[]>; readonly untilMs: number } | undefined

  const read = async (): Promise<readonly Scope[]> => {
    const { rows } = await pool.query<Row>(`select ${columns} from scopes order by built_in desc, name`)
    return rows.map(toScope)
  }

  const list = (): Promise<readonly Scope[]> => {
    if (kept !== undefined && kept.untilMs > now().getTime()) return kept.scopes
    const scopes = read()
    const reading = { scopes, untilMs: now().getTime() + keptMs }
    kept = reading
    scopes.catch(() => {
      if (kept === reading) kept = undefined
    })
    return scopes
  }

  return {
    /** All of them, those that come with Latchkey first. */
    list,
    /** Those that can be asked for. */
    listActive: async (): Promise<readonly Scope[]> => (await list()).filter(({ isActive }) => isActive),
    /** Reads them anew the next time. */
    forget: (): void => {
      kept = undefined
    },

    create: async ({ name, description, isDefault }: Pick<Scope, 'name' | 'description' | 'isDefault'>) => {
      const { rowCount } = await pool.query(
        'insert into scopes (name, description, is_default) values ($1, $2, $3) on conflict (name) do nothing',
        [name, description, isDefault],
      )
      return rowCount === 0 ? 'taken' : 'created'
    },
    /** Undefined for an unknown name. */
    update: async (
      name: string,
      change: { [Member in 'description' | 'isDefault' | 'isActive']?: Scope[Member] | undefined },
    ): Promise<Scope | undefined> => {
      const { description, isDefault, isActive } = change
      const { rows } = await pool.query<Row>(updateStatement, [name, description, isDefault, isActive])
      return rows[0] === undefined ? undefined : toScope(rows[0])
    },
    /** One that is built in stays. @returns the clients that had it; undefined where nothing was deleted */
    delete: async (name: string): Promise<readonly string[] | undefined> => {
      const { rows } = await pool.query<{ deleted: number; clients: string[] }>(deleteStatement, [name])
      return rows[0] === undefined || rows[0].deleted === 0 ? undefined : rows[0].clients
    },
    /** Makes these the defaults, and no others. */
    setDefaults: async (names: readonly string[]): Promise<void> => {
      await pool.query(defaultsStatement, [names])
    },
  }
}

export type Scopes = ReturnType<typeof createScopes>
