/** What users have allowed clients. Each answer adds to what was allowed before; parallel ones lose nothing. */
import type pg from 'pg'
import type { Consent } from '../domain/consent.ts'
import type { ClientId, UserId } from '../domain/ids.ts'
import { createMicroBatch } from './micro-batch.ts'

export interface ConsentKey {
  readonly subject: UserId
  readonly clientId: ClientId
}

const findStatement = `
  select subject, client_id, scopes, resources
    from unnest($1::uuid[], $2::text[]) as p(subject, client_id) join consents using (subject, client_id)`

const union = (column: string) =>
  `array(select distinct each from unnest(c.${column} || excluded.${column}) as each order by each)`

const addStatement = `
  insert into consents as c (subject, client_id, scopes, resources) values ($1, $2, $3, $4)
  on conflict (subject, client_id) do update
     set scopes = ${union('scopes')}, resources = ${union('resources')}, updated_at = now()`

type Row = Consent & { readonly subject: UserId; readonly client_id: ClientId }

const keyOf = ({ subject, clientId }: ConsentKey) => `${subject} ${clientId}`

export const createConsents = ({ pool }: { pool: pg.Pool }) => {
  const findMany = async (keys: readonly ConsentKey[]) => {
    const { rows } = await pool.query<Row>({
      name: 'find-consents',
      text: findStatement,
      values: [keys.map(key => key.subject), keys.map(key => key.clientId)],
    })
    const found = new Map(
      rows.map(({ subject, client_id: clientId, scopes, resources }) => [
        keyOf({ subject, clientId }),
        { scopes, resources },
      ]),
    )
    return keys.map(key => ({ consent: found.get(keyOf(key)) }))
  }

  const findBatched = createMicroBatch({ run: findMany, maxSize: 64, maxConcurrent: 2 })

  return {
    find: async (key: ConsentKey): Promise<Consent | undefined> => (await findBatched(key)).consent,

    add: async ({ subject, clientId }: ConsentKey, { scopes, resources }: Consent): Promise<void> => {
      await pool.query(addStatement, [subject, clientId, scopes, resources])
    },
  }
}
