/**
 * Browser sessions: a row for each sign-in in a browser, found by the hash of its cookie, and with it what its user has
 * allowed the client that sent them here. Parallel look-ups share a statement.
 */
import type pg from 'pg'
import type { BrowserSession, NewBrowserSession } from '../domain/browser-session.ts'
import type { Consent } from '../domain/consent.ts'
import type { ClientId, SessionId, UserId } from '../domain/ids.ts'
import { createMicroBatch } from './micro-batch.ts'

/** The one that it takes the place of goes in the same statement: a browser has one at a time. */
const beginStatement = `
  with replaced as (delete from browser_sessions where token_hash = $7)
  insert into browser_sessions (token_hash, session_id, subject, authenticated_at, authentication_methods, ends_at)
  values ($1, $2, $3, $4, $5, $6)`

const findStatement = `
  select p.place::int, session_id, b.subject, authenticated_at, authentication_methods, b.created_at, ends_at,
         c.scopes, c.resources
    from unnest($1::bytea[], $2::text[]) with ordinality as p(token_hash, client_id, place)
    join browser_sessions b using (token_hash)
    left join consents c on c.subject = b.subject and c.client_id = p.client_id
   where b.ends_at > now()`

interface Row {
  /** In the list of what was looked up, from 1. */
  place: number
  session_id: SessionId
  subject: UserId
  authenticated_at: Date
  authentication_methods: string[]
  created_at: Date
  ends_at: Date
  /** Null where nothing was allowed, or no client asks. */
  scopes: string[] | null
  resources: string[] | null
}

interface LookUp {
  readonly tokenHash: Buffer
  /** Who asks, where it is of interest what was allowed before. */
  readonly clientId?: ClientId | undefined
}

export interface FoundBrowser {
  readonly session: BrowserSession
  readonly remembered: Consent | undefined
}

const toBrowserSession = (row: Row): BrowserSession => ({
  sessionId: row.session_id,
  subject: row.subject,
  authenticatedAt: row.authenticated_at,
  authenticationMethods: row.authentication_methods,
  createdAt: row.created_at,
  endsAt: row.ends_at,
})

const toConsent = ({ scopes, resources }: Row): Consent | undefined =>
  scopes === null ? undefined : { scopes, resources: resources ?? [] }

const batching = { maxSize: 64, maxConcurrent: 2 }

export const createBrowserSessions = ({ pool }: { pool: pg.Pool }) => {
  const findMany = async (lookUps: readonly LookUp[]) => {
    const { rows } = await pool.query<Row>({
      name: 'find-browser-sessions',
      text: findStatement,
      values: [lookUps.map(({ tokenHash }) => tokenHash), lookUps.map(({ clientId }) => clientId)],
    })
    const found = new Map(rows.map(row => [row.place, row]))
    return lookUps.map((_, index) => ({ row: found.get(index + 1) }))
  }

  const findBatched = createMicroBatch({
    run: findMany,
    ...batching,
  })

  return {
    begin: async (tokenHash: Buffer, session: NewBrowserSession, replaces?: Buffer): Promise<void> => {
      const { sessionId, subject, authenticatedAt, authenticationMethods, endsAt } = session
      const values = [tokenHash, sessionId, subject, authenticatedAt, authenticationMethods, endsAt, replaces]
      await pool.query({ name: 'begin-browser-session', text: beginStatement, values })
    },

    /** Undefined where there is none, or its session's absolute end has come; whether it was ended is not looked at. */
    find: async (tokenHash: Buffer, clientId?: ClientId): Promise<FoundBrowser | undefined> => {
      const { row } = await findBatched({ tokenHash, clientId })
      return row && { session: toBrowserSession(row), remembered: toConsent(row) }
    },

    /** Forgets what a session's end ends. Again changes nothing. */
    endOfSession: async (sessionId: SessionId): Promise<void> => {
      await pool.query('delete from browser_sessions where session_id = $1', [sessionId])
    },

    /** Signs one browser out. */
    end: async (tokenHash: Buffer): Promise<void> => {
      await pool.query('delete from browser_sessions where token_hash = $1', [tokenHash])
    },
  }
}
