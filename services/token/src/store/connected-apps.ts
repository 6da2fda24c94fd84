/** What applications were given by a user: by consent, or, where none is asked for, by a grant that lives. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type pg from 'pg'
import type { ConnectedApp } from '../domain/connected-app.ts'
import { firstPartyClientId } from '../domain/grant.ts'
import type { ClientId, UserId } from '../domain/ids.ts'
import { grantRevocationSeconds } from '../domain/revocation.ts'
import { endEarlyFamilies } from './early-families.ts'

const listStatement = `
  with given as (
    select client_id, scopes, granted_at as at from consents where subject = $1
    union all
    select client_id, string_to_array(scope, ' '), created_at from refresh_families
     where subject = $1 and client_id <> $2 and ended_at is null and expires_at > now()
  )
  select c.id, c.name, c.metadata ->> 'client_uri' as client_uri, min(given.at) as connected_at,
         array_agg(distinct scope) as scopes
    from given join clients c on c.id = given.client_id cross join unnest(given.scopes) as scope
   group by c.id order by c.name, c.id`

// Codes and devices are kept as long as the access tokens that came of them live: the grants of clients without refresh
// tokens are found there.
const disconnectStatement = `
  with consent as (
    delete from consents where subject = $1 and client_id = $2
  ), families as (
    update refresh_families set ended_at = now(), end_reason = 'disconnected'
     where subject = $1 and client_id = $2 and ended_at is null
    returning id
  ), codes as (
    update authorization_codes set used_at = coalesce(used_at, now())
     where client_id = $2 and ("grant" ->> 'subject')::uuid = $1
    returning grant_id as id
  ), devices as (
    update device_authorizations set status = case status when 'approved' then 'denied' else status end
     where client_id = $2 and ("grant" ->> 'subject')::uuid = $1
    returning grant_id as id
  )
  insert into revocations (key, expires_at)
  select distinct 'grant:' || id, now() + make_interval(secs => $3)
    from (select id from families union all select id from codes union all select id from devices) as grants
   where id is not null
  on conflict (key) do nothing`

interface Row {
  readonly id: ClientId
  readonly name: string
  readonly client_uri: string | null
  readonly connected_at: Date
  readonly scopes: string[]
}

export const createConnectedApps = ({ pool }: { pool: pg.Pool }) => ({
  list: async (subject: UserId): Promise<readonly ConnectedApp[]> => {
    const { rows } = await pool.query<Row>(listStatement, [subject, firstPartyClientId])
    return rows.map(({ id, name, client_uri, connected_at, scopes }) => ({
      clientId: id,
      name,
      clientUri: client_uri ?? undefined,
      connectedAt: connected_at,
      scopes,
    }))
  },

  /** Again changes nothing. */
  disconnect: async (subject: UserId, clientId: ClientId): Promise<void> => {
    await inTransaction(pool, async db => {
      await endEarlyFamilies(db, { subject, clientId }, 'disconnected')
      await db.query(disconnectStatement, [subject, clientId, grantRevocationSeconds])
    })
  },
})
