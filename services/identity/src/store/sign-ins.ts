/**
 * The last step of a sign-in, after its session and tokens were made, in one statement. It does nothing where the user has
 * been disabled or deleted, or their password or factors changed, since they proved who they are; a change that the statement does
 * not see yet ends the session afterwards, and until then what was proven is none.
 */
import { createUuid } from '@latchkey/runtime/ids'
import type { Pool } from 'pg'
import type { SignInCompletion } from '../domain/sign-in.ts'
import { onEarlierProof } from './authentications.ts'
import { forgetOldestDevices } from './known-devices.ts'

// Whoever signs in without cookies is new each time: the owner is told, but not for ever.
const noticesPerHour = 4

// The owner is told of a device that is new, unless it is their first (ASVS 6.3.5). When one was seen is known to the hour,
// which spares the usual sign-in a row and its index; `device` is empty then.
const complete = `
  WITH signed_in AS (
    UPDATE users SET last_login_at = $3
     WHERE id = $1 AND disabled_at IS NULL
       AND coalesce((SELECT version FROM password_credentials WHERE user_id = $1), former_credential_version) = $2
    RETURNING id
  ), device AS (
    INSERT INTO known_devices AS d (user_id, device_hash, first_seen_at, last_seen_at)
    SELECT id, $4::text, $3, $3 FROM signed_in
    ON CONFLICT (user_id, device_hash) DO UPDATE SET last_seen_at = excluded.last_seen_at
     WHERE d.last_seen_at < excluded.last_seen_at - interval '1 hour'
    RETURNING first_seen_at = $3 AS is_new
  ), notice AS (
    INSERT INTO outbox (id, kind, key, payload)
    SELECT $6::uuid, 'new_device.seen', id::text,
           jsonb_build_object('userId', id::text, 'sessionId', ($5::uuid)::text, 'deviceHash', $4::text)
      FROM signed_in, device
     WHERE is_new
       AND EXISTS (SELECT FROM known_devices k WHERE k.user_id = id AND k.device_hash <> $4)
       AND (SELECT count(*) FROM known_devices k
             WHERE k.user_id = id AND k.first_seen_at > $3::timestamptz - interval '1 hour') < $7::int
  ), noted AS (
    INSERT INTO authentications AS a (session_id, user_id, at, credential_version)
    SELECT $5::uuid, id, $3, $2 FROM signed_in ${onEarlierProof}
  )
  SELECT coalesce((SELECT is_new FROM device), false) AS "isNewDevice" FROM signed_in`

export const createSignIns = ({ pool }: { pool: Pool }) => ({
  /** False, and nothing is changed, where the proof is outdated. */
  complete: async (completion: SignInCompletion): Promise<boolean> => {
    const { userId, credentialVersion, at, device, sessionId } = completion
    const { rows } = await pool.query<{ isNewDevice: boolean }>({
      name: 'complete-sign-in',
      text: complete,
      values: [userId, credentialVersion, at, device, sessionId, createUuid(), noticesPerHour],
    })
    const [row] = rows
    if (row === undefined) return false
    if (row.isNewDevice) await forgetOldestDevices(pool, userId)
    return true
  },
})
