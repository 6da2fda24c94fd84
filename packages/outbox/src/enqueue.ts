/**
 * Writing to the outbox: a row of the same transaction as the change that it tells of, so that there is never the
 * one without the other. The table `outbox` belongs to the service's own schema.
 */
import { createUuid } from '@latchkey/runtime/ids'
import type pg from 'pg'

export interface OutboxMessage {
  /** Which handler relays it: `session.ended`. */
  readonly kind: string
  /** What it is about, for those who look into the table. */
  readonly key: string
  /** JSON; ids and sealed data, never a raw secret. */
  readonly payload: object
}

/**
 * Adds a row through the client that holds the transaction; call the relay's `nudge` after the commit.
 * Gives the row's id, which the receiver can use to recognise a repetition.
 */
export const enqueue = async (
  client: Pick<pg.ClientBase, 'query'>,
  { kind, key, payload }: OutboxMessage,
): Promise<string> => {
  const id = createUuid()
  await client.query('INSERT INTO outbox (id, kind, key, payload) VALUES ($1, $2, $3, $4)', [
    id,
    kind,
    key,
    JSON.stringify(payload),
  ])
  return id
}
