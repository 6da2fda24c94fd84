/**
 * Where a user was seen. An address is known as theirs once they have proven it (they signed in from it, or confirmed a
 * session that came from it), or after a day in which nobody objected; until then it has merely been seen.
 */
import type { PoolClient } from 'pg'
import type { Use } from '../domain/address-change.ts'
import type { SessionId, UserId } from '../domain/ids.ts'

type Client = Pick<PoolClient, 'query'>

const prove = `
  INSERT INTO known_addresses AS k (user_id, address, first_seen_at, last_seen_at, proven_at, session_id)
  VALUES ($1, $2, $3, $3, $3, $4)
  ON CONFLICT (user_id, address)
  DO UPDATE SET last_seen_at = greatest(k.last_seen_at, excluded.last_seen_at), proven_at = coalesce(k.proven_at, $3)`

/**
 * The same as a part of a statement, after its part `source` that gives the rows of sessions which were signed in to now.
 * One that was proven and was seen within the hour stays as it is: that costs no write, and nobody asks for the minute.
 */
export const proofOf = (source: string): string => `
  INSERT INTO known_addresses AS k (user_id, address, first_seen_at, last_seen_at, proven_at, session_id)
  SELECT user_id, ip_address, last_accessed_at, last_accessed_at, last_accessed_at, id FROM ${source} AS s
   WHERE ip_address IS NOT NULL AND NOT EXISTS (
           SELECT FROM known_addresses
            WHERE user_id = s.user_id AND address = s.ip_address AND proven_at IS NOT NULL
              AND last_seen_at > s.last_accessed_at - interval '1 hour')
  ON CONFLICT (user_id, address)
  DO UPDATE SET last_seen_at = greatest(k.last_seen_at, excluded.last_seen_at),
                proven_at = coalesce(k.proven_at, excluded.proven_at)`

export interface SeenAddress {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly address: string
  readonly at: Date
}

export const proveAddress = async (client: Client, seen: SeenAddress): Promise<void> => {
  const values = [seen.userId, seen.address, seen.at, seen.sessionId]
  await client.query({ name: 'prove-address', text: prove, values })
}

// Rows are taken in one order, here and in the stamps, so that sessions of one user never deadlock.
const note = `
  INSERT INTO known_addresses AS k (user_id, address, first_seen_at, last_seen_at, session_id)
  SELECT $1, seen.address, min(seen.at), max(seen.at), $2
    FROM unnest($3::text[], $4::timestamptz[]) AS seen (address, at)
   GROUP BY seen.address
   ORDER BY seen.address
  ON CONFLICT (user_id, address) DO UPDATE SET last_seen_at = greatest(k.last_seen_at, excluded.last_seen_at)`

export const noteAddresses = async (
  client: Client,
  { userId, sessionId }: Pick<SeenAddress, 'userId' | 'sessionId'>,
  uses: readonly Use[],
): Promise<void> => {
  const values = [userId, sessionId, uses.map(({ ipAddress }) => ipAddress), uses.map(({ at }) => at)]
  await client.query({ name: 'note-addresses', text: note, values })
}

// More than anybody is at; a botnet that has the password must not make a move cost a second.
const find = `
  SELECT address, proven_at IS NOT NULL OR first_seen_at < $3::timestamptz - interval '1 day' AS "isKnown"
    FROM known_addresses
   WHERE user_id = $1 AND (session_id = $2 OR proven_at IS NOT NULL OR first_seen_at < $3::timestamptz - interval '1 day')
   ORDER BY last_seen_at DESC
   LIMIT 100`

/** Those that the user is known at, and those that the session was merely seen at. */
export const findAddresses = async (
  client: Client,
  { userId, sessionId, at }: Omit<SeenAddress, 'address'>,
): Promise<{ readonly known: ReadonlySet<string>; readonly seen: ReadonlySet<string> }> => {
  const values = [userId, sessionId, at]
  const { rows } = await client.query<{ address: string; isKnown: boolean }>({
    name: 'find-addresses',
    text: find,
    values,
  })
  const those = (isKnown: boolean) =>
    new Set(rows.filter(row => row.isKnown === isKnown).map(({ address }) => address))
  return { known: those(true), seen: those(false) }
}

/**
 * Whoever had the session was seen there, so that the places say nothing for the owner; but for those where the user has signed in
 * with a later password, which is what came of it: the word to forget them may come late, and twice (ADR 7).
 */
export const forgetAddresses = async (
  client: Client,
  sessionIds: readonly SessionId[],
  which: 'all' | 'unproven',
): Promise<void> => {
  await client.query(
    `DELETE FROM known_addresses k USING sessions s
      WHERE s.id = ANY($1) AND k.user_id = s.user_id AND ($2 OR k.proven_at IS NULL)
        AND (k.session_id = s.id OR k.address IN (s.original_ip, s.ip_address))
        AND NOT EXISTS (SELECT FROM sessions later
                         WHERE later.user_id = k.user_id AND later.ended_at IS NULL
                           AND later.credential_version > s.credential_version AND later.original_ip = k.address)`,
    [sessionIds, which === 'all'],
  )
}

/**
 * What a sign-in that came to nothing has left: the addresses that its session was the first to be seen at, unless the
 * user has another session that began there.
 */
export const forgetFirstSeen = async (client: Client, id: SessionId): Promise<void> => {
  await client.query(
    `DELETE FROM known_addresses k USING sessions s
      WHERE s.id = $1 AND k.user_id = s.user_id AND k.session_id = s.id
        AND NOT EXISTS (SELECT FROM sessions other
                         WHERE other.user_id = k.user_id AND other.id <> s.id AND other.ended_at IS NULL
                           AND other.original_ip = k.address)`,
    [id],
  )
}
