/** Open invitations as their recipient sees them: who has verified the address that they were sent to. */
import type { Pool } from 'pg'
import type { InvitationTokenHash, UserId } from '../domain/ids.ts'
import type { OwnInvitation } from '../domain/organization-invitation.ts'
import { isOpen } from './organization-invitations.ts'

/** Open at `$2`, and sent to the user `$1`. An address that was only claimed shows nothing of what is sent to it. */
const isOwn = `${isOpen} AND i.email_key = (
       SELECT email_key FROM users WHERE id = $1 AND email_verified_at IS NOT NULL AND disabled_at IS NULL)`

const list = `
  SELECT i.id, o.name AS "organizationName", i.expires_at AS "expiresAt"
    FROM organization_invitations i JOIN organizations o ON o.id = i.organization_id
   WHERE ${isOwn}
   ORDER BY i.created_at DESC, i.id DESC`

const find = `SELECT i.token_hash AS "tokenHash" FROM organization_invitations i WHERE ${isOwn} AND i.id = $3`

// As withdrawn as by who sent it: the next one may come.
const decline = `UPDATE organization_invitations i SET withdrawn_at = $2 WHERE ${isOwn} AND i.id = $3`

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
