/** What users have allowed clients. Each answer adds to what was allowed before; parallel ones lose nothing. */
import type pg from 'pg'
import type { Consent } from '../domain/consent.ts'
import type { ClientId, UserId } from '../domain/ids.ts'

export interface ConsentKey {
  readonly subject: UserId
  readonly clientId: ClientId
}

const findStatement = `select scopes, resources from consents where subject = $1 and client_id = $2`

const union = (column: string) =>
  `array(select distinct each from unnest(c.${column} || excluded.${column}) as each order by each)`

const addStatement = `
  insert into consents as c (subject, client_id, scopes, resources) values ($1, $2, $3, $4)
  on conflict (subject, client_id) do update
     set scopes = ${union('scopes')}, resources = ${union('resources')}, updated_at = now()`

export const createConsents = ({ pool }: { pool: pg.Pool }) => ({
  find: async ({ subject, clientId }: ConsentKey): Promise<Consent | undefined> => {
    const { rows } = await pool.query<Consent>({
      name: 'find-consent',
      text: findStatement,
      values: [subject, clientId],
    })
    return rows[0]
  },

  add: async ({ subject, clientId }: ConsentKey, { scopes, resources }: Consent): Promise<void> => {
    await pool.query(addStatement, [subject, clientId, scopes, resources])
  },
})

export type Consents = ReturnType<typeof createConsents>
