/**
 * Clients, as the hot path reads them: kept in the process for a few seconds, and forgotten at once when a replica says
 * that one has changed. Unknown ids are kept too, a little, so that guessing costs no query each.
 */
import type pg from 'pg'
import type { Client } from '../domain/client.ts'
import { type ClientRow, clientColumns, toRegisteredClient } from './client-row.ts'

// Without the message of a change, which Redis may lose, no replica believes an old state for longer than that.
const keptMs = 5_000
const maxKept = 10_000

export interface ClientsDeps {
  readonly pool: pg.Pool
  readonly now: () => Date
}

const findStatement = `select ${clientColumns} from clients c where c.id = $1`

/** Postgres takes no NUL; and a guess of any length must not be kept. */
const isPossible = (id: string): boolean => id.length <= 256 && !id.includes('\0')

export const createClients = ({ pool, now }: ClientsDeps) => {
  const kept = new Map<string, { readonly client: Promise<Client | undefined>; readonly untilMs: number }>()

  const read = async (id: string): Promise<Client | undefined> => {
    const { rows } = await pool.query<ClientRow>({ name: 'find-client', text: findStatement, values: [id] })
    return rows[0] === undefined ? undefined : toRegisteredClient(rows[0])
  }

  return {
    /** Inactive ones too. Undefined for an unknown id. */
    find: (id: string): Promise<Client | undefined> => {
      if (!isPossible(id)) return Promise.resolve(undefined)
      const known = kept.get(id)
      if (known !== undefined && known.untilMs > now().getTime()) return known.client
      const client = read(id)
      if (kept.size >= maxKept) kept.clear()
      kept.set(id, { client, untilMs: now().getTime() + keptMs })
      client.catch(() => kept.delete(id))
      return client
    },
    /** Reads it anew the next time. */
    forget: (id: string): void => {
      kept.delete(id)
    },
  }
}

export type Clients = ReturnType<typeof createClients>
