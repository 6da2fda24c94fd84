/** Requests that clients have pushed, by the hash of their reference: good once, and for the client that pushed it. */
import type pg from 'pg'
import type { FoundRequest, NewPushedRequest, PushedRequestKey } from '../domain/pushed-request.ts'

const pushStatement = `
  insert into pushed_requests (reference_hash, client_id, parameters, expires_at)
  values ($1, $2, $3, now() + make_interval(secs => $4))`

const useStatement = `
  with used as (
    update pushed_requests set used_at = now()
     where reference_hash = $1 and client_id = $2 and used_at is null and expires_at > now()
    returning parameters)
  select parameters, false as "isSpent" from used
   union all
  select parameters, true from pushed_requests
   where reference_hash = $1 and client_id = $2 and not exists (select from used)`

export const createPushedRequests = ({ pool }: { pool: pg.Pool }) => ({
  push: async ({ referenceHash, clientId, parameters, ttlSeconds }: NewPushedRequest): Promise<void> => {
    const values = [referenceHash, clientId, JSON.stringify(parameters), ttlSeconds]
    await pool.query({ name: 'push-request', text: pushStatement, values })
  },

  /** Uses it up: of any number of parallel uses, one gets it unspent. Undefined where it is unknown, or another's. */
  use: async ({ referenceHash, clientId }: PushedRequestKey): Promise<FoundRequest | undefined> => {
    const { rows } = await pool.query<FoundRequest>({
      name: 'use-pushed-request',
      text: useStatement,
      values: [referenceHash, clientId],
    })
    return rows[0]
  },
})
