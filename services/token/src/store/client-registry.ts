/**
 * Clients as they are made, changed and deleted, always read anew; the hot path reads through clients.ts. What ends with
 * a client (grants, refresh families, what waits for a user) ends in the same transaction.
 */
import { createUuid } from '@latchkey/runtime/ids'
import { inTransaction } from '@latchkey/runtime/postgres'
import type pg from 'pg'
import type {
  ClientChange,
  ClientPage,
  NewClient,
  RegisteredClient,
  SecretChange,
} from '../domain/client-changes.ts'
import { toDocument } from '../domain/client-metadata.ts'
import { originsOf } from '../domain/client-origins.ts'
import type { ClientId } from '../domain/ids.ts'
import { endGrantsOfClient, forgetGrantsOfClient } from './client-grants.ts'
import { type ClientRow, clientColumns, toRegisteredClient } from './client-row.ts'

const insertStatement = `
  insert into clients (id, name, type, active, origin, metadata, origins, registration_token_hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing`

const updateStatement = `
  update clients set name = $2, type = $3, active = $4, metadata = $5, origins = $6,
                     registration_token_hash = coalesce($7, registration_token_hash), updated_at = now(),
                     tokens_ended_at = case when active and not $4 then clock_timestamp() else tokens_ended_at end
   where id = $1`

const listStatement = `
  select ${clientColumns} from clients c
   where ($2::timestamptz is null or (c.created_at, c.id) < ($2, $3))
     and ($4::text is null or strpos(lower(c.name), lower($4)) > 0 or strpos(lower(c.id), lower($4)) > 0)
   order by c.created_at desc, c.id desc limit $1`

const read = async (
  db: Pick<pg.Pool, 'query'>,
  id: string,
  lock = '',
): Promise<RegisteredClient | undefined> => {
  const { rows } = await db.query<ClientRow>(
    `select ${clientColumns} from clients c where c.id = $1 ${lock}`,
    [id],
  )
  return rows[0] === undefined ? undefined : toRegisteredClient(rows[0])
}

const changeSecrets = async (db: pg.PoolClient, id: ClientId, change: SecretChange): Promise<void> => {
  if (change === 'keep') return
  const overlapSeconds = change === 'none' ? 0 : change.overlapSeconds
  // Of those before only the one that was good until now lives on, and only where that is wanted.
  await db.query('delete from client_secrets where client_id = $1 and (expires_at is not null or $2 = 0)', [
    id,
    overlapSeconds,
  ])
  if (change === 'none') return
  await db.query(
    'update client_secrets set expires_at = now() + make_interval(secs => $2) where client_id = $1',
    [id, overlapSeconds],
  )
  // Not now(): that is when the transaction began, before it waited for the client.
  await db.query(
    'insert into client_secrets (id, client_id, secret_hash, created_at) values ($1, $2, $3, clock_timestamp())',
    [createUuid(), id, change.add],
  )
}

export const createClientRegistry = ({ pool }: { readonly pool: pg.Pool }) => ({
  /** `taken` where the id is in use; of any number of parallel calls with one id, one makes it. */
  create: (client: NewClient): Promise<'created' | 'taken'> =>
    inTransaction(pool, async db => {
      const { id, origin, state, secrets, registrationTokenHash } = client
      const { rowCount } = await db.query(insertStatement, [
        id,
        state.name,
        state.type,
        state.isActive,
        origin,
        toDocument(state.metadata),
        originsOf(state),
        registrationTokenHash,
      ])
      if (rowCount === 0) return 'taken'
      await changeSecrets(db, id, secrets)
      return 'created'
    }),

  find: (id: string): Promise<RegisteredClient | undefined> => read(pool, id),

  /** Newest first. */
  list: async ({ limit, after, search }: ClientPage): Promise<readonly RegisteredClient[]> => {
    const { rows } = await pool.query<ClientRow>(listStatement, [limit, after?.createdAt, after?.id, search])
    return rows.map(toRegisteredClient)
  },

  /**
   * Changes a client under a lock, by what `decide` makes of its state at that moment; what it throws changes nothing.
   * A client that stops being active takes its grants along. @returns undefined for an unknown id
   */
  change: (
    id: string,
    decide: (client: RegisteredClient) => ClientChange,
  ): Promise<RegisteredClient | undefined> =>
    inTransaction(pool, async db => {
      const client = await read(db, id, 'for update')
      if (client === undefined) return undefined
      const { state, secrets, registrationTokenHash } = decide(client)
      await db.query(updateStatement, [
        client.id,
        state.name,
        state.type,
        state.isActive,
        toDocument(state.metadata),
        originsOf(state),
        registrationTokenHash,
      ])
      await changeSecrets(db, client.id, secrets)
      if (client.isActive && !state.isActive) await endGrantsOfClient(db, client.id, 'client_deactivated')
      return read(db, id)
    }),

  /** Deletes a client and everything that is its own. False for an unknown id. */
  delete: (id: ClientId): Promise<boolean> =>
    inTransaction(pool, async db => {
      const { rowCount } = await db.query('delete from clients where id = $1', [id])
      if (rowCount === 0) return false
      await endGrantsOfClient(db, id, 'client_deleted')
      await forgetGrantsOfClient(db, id)
      return true
    }),
})

export type ClientRegistry = ReturnType<typeof createClientRegistry>
