/**
 * Browser sessions: a row for each sign-in in a browser, found by the hash of its cookie. Parallel look-ups share a
 * statement.
 */
import type pg from 'pg'
import type { BrowserSession, NewBrowserSession } from '../domain/browser-session.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import { createMicroBatch } from './micro-batch.ts'

/** The one that it takes the place of goes in the same statement: a browser has one at a time. */
const beginStatement = `
  with replaced as (delete from browser_sessions where token_hash = $7)
  insert into browser_sessions (token_hash, session_id, subject, authenticated_at, authentication_methods, ends_at)
  values ($1, $2, $3, $4, $5, $6)`

const findStatement = `
  select token_hash, session_id, subject, authenticated_at, authentication_methods, created_at, ends_at
    from browser_sessions where token_hash = any($1) and ends_at > now()`

interface Row {
  token_hash: Buffer
  session_id: SessionId
  subject: UserId
  authenticated_at: Date
  authentication_methods: string[]
  created_at: Date
  ends_at: Date
}

const toBrowserSession = (row: Row): BrowserSession => ({
  sessionId: row.session_id,
  subject: row.subject,
  authenticatedAt: row.authenticated_at,
  authenticationMethods: row.authentication_methods,
  createdAt: row.created_at,
  endsAt: row.ends_at,
})

const batching = { maxSize: 64, maxConcurrent: 2 }

export const createBrowserSessions = ({ pool }: { pool: pg.Pool }) => {
  const findMany = async (hashes: readonly Buffer[]) => {
    const { rows } = await pool.query<Row>({
      name: 'find-browser-sessions',
      text: findStatement,
      values: [hashes],
    })
    const found = new Map(rows.map(row => [row.token_hash.toString('base64'), toBrowserSession(row)]))
    return hashes.map(hash => ({ session: found.get(hash.toString('base64')) }))
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
    find: async (tokenHash: Buffer): Promise<BrowserSession | undefined> =>
      (await findBatched(tokenHash)).session,

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
