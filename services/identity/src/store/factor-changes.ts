/**
 * What follows on every change of somebody's second factors, in the transaction of the change: sign-ins and sessions from
 * before end, all but the one that made it; no device is remembered any more; the owner is told. @see ASVS 6.3.7, 7.4.3
 */
import type { PoolClient } from 'pg'
import type { SessionId, UserId } from '../domain/ids.ts'
import { aMessage, type NoticeTemplate, tell } from './outbox-messages.ts'
import { forgetRememberedDevices } from './remembered-devices.ts'

export interface FactorChange {
  readonly userId: UserId
  /** The session that the change was made in, and that goes on. */
  readonly sessionId: SessionId | undefined
  /** Made on the way to a session, which is to go on too. */
  readonly duringSignIn?: boolean
}

// A sign-in that began before the change does not end after it: it may have been asked for too little.
const renew = `
  UPDATE password_credentials SET version = version + 1 WHERE user_id = $1 RETURNING version`

// They stand in for a factor; without one they would be a second factor on their own.
const forgetCodesOfNone = `
  DELETE FROM recovery_codes WHERE user_id = $1
     AND NOT EXISTS (SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)
     AND NOT EXISTS (SELECT FROM passkeys WHERE user_id = $1)`

/** The owner's address, and their row until the transaction ends: changes of one user come one after the other. */
export const lockFactorOwner = async (client: PoolClient, userId: UserId): Promise<string | undefined> => {
  const { rows } = await client.query<{ email: string }>(
    'SELECT email FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE',
    [userId],
  )
  return rows[0]?.email
}

/** Of a session that its owner disowns: what was set up in it is whoever's who was in it. */
export const removePasskeysOf = async (
  client: PoolClient,
  { userId, sessionId }: { readonly userId: UserId; readonly sessionId: SessionId },
): Promise<void> => {
  const removed = await client.query('DELETE FROM passkeys WHERE user_id = $1 AND enrolled_in = $2', [
    userId,
    sessionId,
  ])
  if (removed.rowCount === 0) return
  await client.query(forgetCodesOfNone, [userId])
  await forgetRememberedDevices(client, userId)
}

/** Gives the version that sign-ins are to name from now on. */
export const concludeFactorChange = async (
  client: PoolClient,
  { userId, sessionId, duringSignIn = false }: FactorChange,
  mail: { readonly template: NoticeTemplate; readonly recipient: string },
): Promise<number> => {
  const { rows } = await client.query<{ version: number }>(renew, [userId])
  const fromCredentialVersion = rows[0]?.version ?? 0
  await client.query(forgetCodesOfNone, [userId])
  await forgetRememberedDevices(client, userId)
  // Without a password to count by, the session that is about to begin could not be told from the others.
  if (!duringSignIn || fromCredentialVersion > 0)
    await tell(client, 'sessions.end', userId, {
      userId,
      exceptSessionId: sessionId ?? null,
      fromCredentialVersion,
      reason: 'factors_changed',
    })
  await tell(client, 'message.send', userId, aMessage(mail))
  return fromCredentialVersion
}
