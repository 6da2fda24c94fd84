/** Open invitations as their recipient sees them: who has verified the address that they were sent to. */
import type { Pool } from 'pg'
import type { InvitationTokenHash, UserId } from '../domain/ids.ts'
import type { OwnInvitation } from '../domain/organization-invitation.ts'

/** `$1` a user, `$2` the instant. An address that was only claimed shows nothing of what is sent to it. */
const ownOpen = `
  FROM organization_invitations i
  JOIN organizations o ON o.id = i.organization_id
  JOIN users u ON u.email_key = i.email_key
 WHERE u.id = $1 AND u.email_verified_at IS NOT NULL AND u.disabled_at IS NULL
   AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > $2`

const list = `
  SELECT i.id, o.name AS "organizationName", i.expires_at AS "expiresAt" ${ownOpen}
   ORDER BY i.created_at DESC, i.id DESC`

const find = `SELECT i.token_hash AS "tokenHash" ${ownOpen} AND i.id = $3`

// As withdrawn as by who sent it: the next one may come.
const decline = `
  UPDATE organization_invitations SET withdrawn_at = $2
   WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND id = (SELECT i.id ${ownOpen} AND i.id = $3)`

export const createOwnInvitations = ({ pool }: { pool: Pool }) => ({
  /** Latest first. */
  list: async (userId: UserId, at: Date): Promise<readonly OwnInvitation[]> =>
    (await pool.query<OwnInvitation>(list, [userId, at])).rows,

  find: async (userId: UserId, id: string, at: Date): Promise<InvitationTokenHash | undefined> =>
    (await pool.query<{ tokenHash: InvitationTokenHash }>(find, [userId, at, id])).rows[0]?.tokenHash,

  /** False where there was none to decline. */
  decline: async (userId: UserId, id: string, at: Date): Promise<boolean> =>
    (await pool.query(decline, [userId, at, id])).rowCount === 1,
})
