/** Authorization requests that wait for their user. A handle is good in the browser that began it, and nowhere else. */
import type pg from 'pg'
import type { AuthorizationFlow, AuthorizationParameters } from '../domain/authorization-flow.ts'
import type { ClientId } from '../domain/ids.ts'

export interface FlowKey {
  /** SHA-256 of the handle in the URL. */
  readonly handleHash: Buffer
  /** SHA-256 of the browser's cookie. */
  readonly browserHash: Buffer
}

export interface NewFlow extends FlowKey {
  readonly clientId: ClientId
  readonly parameters: AuthorizationParameters
  readonly ttlSeconds: number
}

interface Row {
  client_id: ClientId
  parameters: AuthorizationParameters
  created_at: Date
}

const insertStatement = `
  insert into authorization_flows (handle_hash, browser_hash, client_id, parameters, expires_at)
  values ($1, $2, $3, $4, now() + make_interval(secs => $5))`

const findStatement = `
  select client_id, parameters, created_at from authorization_flows
   where handle_hash = $1 and browser_hash = $2 and used_at is null and expires_at > now()`

const useStatement = `
  update authorization_flows set used_at = now()
   where handle_hash = $1 and browser_hash = $2 and used_at is null and expires_at > now()
  returning client_id, parameters, created_at`

const amendStatement = `
  update authorization_flows set parameters = parameters || $3
   where handle_hash = $1 and browser_hash = $2 and used_at is null and expires_at > now()`

const toFlow = (row: Row | undefined): AuthorizationFlow | undefined =>
  row && { clientId: row.client_id, parameters: row.parameters, createdAt: row.created_at }

export const createAuthorizationFlows = ({ pool }: { pool: pg.Pool }) => ({
  begin: async (flow: NewFlow): Promise<void> => {
    const { handleHash, browserHash, clientId, parameters, ttlSeconds } = flow
    const values = [handleHash, browserHash, clientId, JSON.stringify(parameters), ttlSeconds]
    await pool.query({ name: 'begin-flow', text: insertStatement, values })
  },

  /** Undefined for one that is unknown, over, used, or another browser's. */
  find: async ({ handleHash, browserHash }: FlowKey): Promise<AuthorizationFlow | undefined> => {
    const { rows } = await pool.query<Row>({
      name: 'find-flow',
      text: findStatement,
      values: [handleHash, browserHash],
    })
    return toFlow(rows[0])
  },

  /** Sets parameters of a request that waits. False where it waits no more. */
  amend: async (
    { handleHash, browserHash }: FlowKey,
    parameters: AuthorizationParameters,
  ): Promise<boolean> => {
    const values = [handleHash, browserHash, JSON.stringify(parameters)]
    const { rowCount } = await pool.query({ name: 'amend-flow', text: amendStatement, values })
    return rowCount === 1
  },

  /** The same, for the last time: of any number of parallel uses, one gets it. */
  use: async ({ handleHash, browserHash }: FlowKey): Promise<AuthorizationFlow | undefined> => {
    const { rows } = await pool.query<Row>({
      name: 'use-flow',
      text: useStatement,
      values: [handleHash, browserHash],
    })
    return toFlow(rows[0])
  },
})
