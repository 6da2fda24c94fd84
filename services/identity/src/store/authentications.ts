/**
 * When somebody last proved who they are in a session: at its sign-in, or since, before a change that matters. A proof
 * names the version that sign-ins rest on (ADR 7) as it was when it began: one that a change of the password or the factors
 * has overtaken is none, however late it is noted.
 */
import type { Pool, PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'
import { credentialVersionOf } from './credential-version.ts'

type Client = Pick<PoolClient, 'query'>

export interface Authentication {
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly credentialVersion: number
  readonly at: Date
}

/** Of a row `a`. Where an earlier release wrote it, nobody knows. */
const isPresent = `
  (a.credential_version IS NULL OR a.credential_version >= ${credentialVersionOf('a.user_id')})`

/** The end of a statement that inserts into `authentications AS a`: a later proof counts, one of an earlier password never. */
export const onEarlierProof = `
  ON CONFLICT (session_id) DO UPDATE
     SET at = greatest(a.at, excluded.at), credential_version = excluded.credential_version
   WHERE coalesce(a.credential_version, 0) <= excluded.credential_version`

export const noteAuthentication = async (
  client: Client,
  { sessionId, userId, at, credentialVersion }: Authentication,
): Promise<void> => {
  await client.query({
    name: 'note-authentication',
    text: `INSERT INTO authentications AS a (session_id, user_id, at, credential_version)
           VALUES ($1, $2, $3, $4) ${onEarlierProof}`,
    values: [sessionId, userId, at, credentialVersion],
  })
}

const find = `SELECT a.at FROM authentications a WHERE a.session_id = $1 AND a.user_id = $2 AND ${isPresent}`

const findAuthentication = async (
  client: Client,
  userId: UserId,
  sessionId: SessionId,
): Promise<Date | undefined> => {
  const { rows } = await client.query<{ at: Date }>({
    name: 'find-authentication',
    text: find,
    values: [sessionId, userId],
  })
  return rows[0]?.at
}

/** Whether a session may still do what asks for a recent proof: asked under the lock that its end would take. */
export const hasProof = async (client: Client, userId: UserId, sessionId: SessionId): Promise<boolean> =>
  (await findAuthentication(client, userId, sessionId)) !== undefined

export interface ForgottenProofs {
  readonly userId: UserId
  /** What the proofs that are left count with from now on. */
  readonly credentialVersion: number
}

// What is left is named, and not taken as it is: one that is noted between the two is of the version before.
const others = {
  forget: 'DELETE FROM authentications WHERE user_id = $1 AND session_id IS DISTINCT FROM $2',
  keep: 'UPDATE authentications SET credential_version = $3 WHERE user_id = $1 AND session_id = $2',
}
const own = {
  forget: 'DELETE FROM authentications WHERE user_id = $1 AND session_id = $2',
  keep: 'UPDATE authentications SET credential_version = $3 WHERE user_id = $1 AND session_id <> $2',
}

/** Of all sessions but one. Needs the lock on the user's row. */
export const forgetOtherProofs = async (
  client: Client,
  { userId, credentialVersion }: ForgottenProofs,
  exceptSessionId: SessionId | undefined,
): Promise<void> => {
  await client.query(others.forget, [userId, exceptSessionId ?? null])
  if (exceptSessionId !== undefined)
    await client.query(others.keep, [userId, exceptSessionId, credentialVersion])
}

/** Of one session, where nothing else changes. Needs the lock on the user's row. */
export const forgetProofOf = async (client: Client, userId: UserId, sessionId: SessionId): Promise<void> => {
  await client.query(own.forget, [userId, sessionId])
}

/** Of one session. Needs the lock on the user's row. */
export const forgetProof = async (
  client: Client,
  { userId, credentialVersion }: ForgottenProofs,
  sessionId: SessionId,
): Promise<void> => {
  await forgetProofOf(client, userId, sessionId)
  await client.query(own.keep, [userId, sessionId, credentialVersion])
}

export const createAuthentications = ({ pool }: { pool: Pool }) => ({
  note: (authentication: Authentication): Promise<void> => noteAuthentication(pool, authentication),

  /** Undefined where that is so long ago that it was forgotten, or what was proven then has changed. */
  findLatest: (userId: UserId, sessionId: SessionId): Promise<Date | undefined> =>
    findAuthentication(pool, userId, sessionId),
})
