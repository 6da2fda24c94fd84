/**
 * What follows on every change of somebody's second factors, in the transaction of the change: sign-ins and sessions from
 * before end, all but the one that made it; no device is remembered any more; the owner is told. @see ASVS 6.3.7, 7.4.3
 */
import type { PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'
import { hasProof } from './authentications.ts'
import { aMessage, type NoticeTemplate, tell } from './outbox-messages.ts'
import { forgetRememberedDevices } from './remembered-devices.ts'
import { endSessions } from './session-endings.ts'

export interface FactorChange {
  readonly userId: UserId
  /** The session that the change was made in, and that goes on; undefined for one that is about to begin. */
  readonly sessionId: SessionId | undefined
}

// A sign-in that began before the change does not end after it: it may have been asked for too little.
const renew = `
  WITH renewed AS (
    UPDATE password_credentials SET version = version + 1 WHERE user_id = $1 RETURNING version
  ), without_password AS (
    UPDATE users SET former_credential_version = former_credential_version + 1
     WHERE id = $1 AND NOT EXISTS (SELECT FROM password_credentials WHERE user_id = $1)
    RETURNING former_credential_version
  )
  SELECT version FROM renewed UNION ALL SELECT former_credential_version FROM without_password`

// They stand in for a factor; without one they would be a second factor on their own.
const forgetCodesOfNone = `
  DELETE FROM recovery_codes WHERE user_id = $1
     AND NOT EXISTS (SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)
     AND NOT EXISTS (SELECT FROM passkeys WHERE user_id = $1)`

/**
 * The owner's address, and their row until the transaction ends: changes of one user come one after the other. Undefined
 * for who is disabled, and in a session that has been ended since it was asked who it is.
 */
export const lockFactorOwner = async (
  client: PoolClient,
  userId: UserId,
  sessionId?: SessionId,
): Promise<string | undefined> => {
  const { rows } = await client.query<{ email: string }>(
    'SELECT email FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE',
    [userId],
  )
  if (sessionId !== undefined && !(await hasProof(client, userId, sessionId))) return undefined
  return rows[0]?.email
}

/** What sign-ins are to name from now on; those that are under way have begun too early. Needs the lock on the user's row. */
export const renewCredentialVersion = async (client: PoolClient, userId: UserId): Promise<number> => {
  const { rows } = await client.query<{ version: number }>(renew, [userId])
  const [row] = rows
  if (row === undefined) throw new Error('a user who was locked is gone')
  return row.version
}

const removeSetUp = `
  WITH passkey AS (DELETE FROM passkeys WHERE user_id = $1 AND enrolled_in = $2::uuid),
       app AS (DELETE FROM totp_factors WHERE user_id = $1 AND set_up_by = $2::text)
  DELETE FROM external_accounts WHERE user_id = $1 AND linked_in = $2::uuid`

// Of a set that was drawn since, whoever was in may have a copy.
const removeCodes = 'DELETE FROM recovery_codes WHERE user_id = $1 AND created_at > $2'

/** Of a session that its owner disowns: what was set up in it, or on the way into it, is whoever's who was in it. */
export const removeWhatWasSetUp = async (
  client: PoolClient,
  {
    userId,
    sessionId,
    since,
  }: { readonly userId: UserId; readonly sessionId: SessionId; readonly since: Date },
): Promise<void> => {
  await client.query(removeSetUp, [userId, sessionId])
  await client.query(removeCodes, [userId, since])
  await client.query(forgetCodesOfNone, [userId])
}

/** Gives the version that sign-ins are to name from now on. */
export const concludeFactorChange = async (
  client: PoolClient,
  { userId, sessionId }: FactorChange,
  mail: { readonly template: NoticeTemplate; readonly recipient: string },
): Promise<number> => {
  const fromCredentialVersion = await renewCredentialVersion(client, userId)
  await client.query(forgetCodesOfNone, [userId])
  await forgetRememberedDevices(client, userId)
  await endSessions(client, {
    userId,
    exceptSessionId: sessionId,
    fromCredentialVersion,
    reason: 'factors_changed',
  })
  await tell(client, 'message.send', userId, aMessage(mail))
  return fromCredentialVersion
}
