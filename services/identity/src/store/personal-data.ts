/** What the tables hold about one user, for their own eyes: when and what, never what proves who they are. */
import type { Pool } from 'pg'
import type { UserId } from '../domain/ids.ts'

// A kind that is not here is not told: a table about users belongs into this list.
const statements = {
  password: 'SELECT changed_at FROM password_credentials WHERE user_id = $1',
  earlier_passwords: 'SELECT retired_at FROM password_history WHERE user_id = $1 ORDER BY retired_at',
  password_resets: 'SELECT created_at, used_at FROM password_resets WHERE user_id = $1 ORDER BY created_at',
  passkeys:
    'SELECT name, transports, is_backup_eligible, is_backed_up, aaguid, created_at, last_used_at FROM passkeys WHERE user_id = $1 ORDER BY created_at',
  external_accounts:
    'SELECT provider, email, linked_at, last_used_at FROM external_accounts WHERE user_id = $1 ORDER BY linked_at',
  roles: 'SELECT role, assigned_at FROM user_roles WHERE user_id = $1 ORDER BY role',
  organizations: `
    SELECT o.slug, o.name, m.joined_at,
           ARRAY(SELECT r.role FROM organization_member_roles r
                  WHERE r.organization_id = m.organization_id AND r.user_id = m.user_id ORDER BY r.role) AS roles
      FROM organization_members m JOIN organizations o ON o.id = m.organization_id
     WHERE m.user_id = $1 ORDER BY o.slug`,
  devices: 'SELECT first_seen_at, last_seen_at FROM known_devices WHERE user_id = $1 ORDER BY first_seen_at',
} as const

export const createPersonalData = ({ pool }: { pool: Pool }) => ({
  collect: async (userId: UserId): Promise<Readonly<Record<string, readonly object[]>>> => {
    const entries = Object.entries(statements).map(
      async ([kind, text]) => [kind, (await pool.query<object>(text, [userId])).rows] as const,
    )
    return Object.fromEntries(await Promise.all(entries))
  },
})
