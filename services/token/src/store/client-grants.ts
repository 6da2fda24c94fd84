/**
 * What ends with a client: its refresh families, and what waits for its users or to be redeemed. Access tokens name their
 * client, which is looked up where they are checked (honoursTokenOf), so that none has to be found here.
 */
import type pg from 'pg'
import type { ClientId } from '../domain/ids.ts'
import { endEarlyFamilies } from './early-families.ts'

const endStatement = `
  with families as (
    update refresh_families set ended_at = now(), end_reason = $2 where client_id = $1 and ended_at is null
  ), codes as (
    update authorization_codes set used_at = now() where client_id = $1 and used_at is null
  ), devices as (
    update device_authorizations set status = 'denied' where client_id = $1 and status <> 'redeemed'
  ), flows as (
    delete from authorization_flows where client_id = $1
  )
  delete from pushed_requests where client_id = $1`

export const endGrantsOfClient = async (db: pg.PoolClient, id: ClientId, reason: string): Promise<void> => {
  await endEarlyFamilies(db, { clientId: id }, reason)
  await db.query(endStatement, [id, reason])
}

/** What users have allowed a client that is no more. Who is signed in to it is nobody's business any longer. */
export const forgetGrantsOfClient = async (db: pg.PoolClient, id: ClientId): Promise<void> => {
  await db.query('delete from consents where client_id = $1', [id])
  await db.query('delete from client_sessions where client_id = $1', [id])
}
