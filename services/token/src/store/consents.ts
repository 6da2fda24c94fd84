/**
 * What users have allowed clients. Each answer adds to what was allowed before; parallel ones lose nothing. It is found with
 * the session of the browser that asks (browser-sessions.ts).
 */
import type pg from 'pg'
import type { Consent } from '../domain/consent.ts'
import type { ClientId, UserId } from '../domain/ids.ts'

export interface ConsentKey {
  readonly subject: UserId
  readonly clientId: ClientId
}

const union = (column: string) =>
  `array(select distinct each from unnest(c.${column} || excluded.${column}) as each order by each)`

const addStatement = `
  insert into consents as c (subject, client_id, scopes, resources) values ($1, $2, $3, $4)
  on conflict (subject, client_id) do update
     set scopes = ${union('scopes')}, resources = ${union('resources')}, updated_at = now()`

export const createConsents = ({ pool }: { pool: pg.Pool }) => ({
  add: async ({ subject, clientId }: ConsentKey, { scopes, resources }: Consent): Promise<void> => {
    await pool.query(addStatement, [subject, clientId, scopes, resources])
  },
})
