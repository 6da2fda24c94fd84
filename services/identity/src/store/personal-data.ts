/** What the tables hold about one user, for their own eyes: when and what, never what proves who they are. */
import type { Pool } from 'pg'
import type { UserId } from '../domain/ids.ts'

// A kind that is not here is not told: a table about users belongs into this list (test/personal-data.test.ts looks).
const statements = {
  password: 'SELECT changed_at, reset_required_at FROM password_credentials WHERE user_id = $1',
  earlier_passwords: 'SELECT retired_at FROM password_history WHERE user_id = $1 ORDER BY retired_at',
  password_resets: 'SELECT created_at, used_at FROM password_resets WHERE user_id = $1 ORDER BY created_at',
  failed_sign_ins: `
    SELECT a.failures, a.expires_at FROM login_attempts a JOIN users u ON u.email_key = a.email_key
     WHERE u.id = $1 ORDER BY a.expires_at`,
  authenticator_apps: `
    SELECT created_at, confirmed_at, last_used_at FROM totp_factors WHERE user_id = $1 ORDER BY created_at`,
  recovery_codes:
    'SELECT created_at, used_at FROM recovery_codes WHERE user_id = $1 ORDER BY created_at, used_at',
  passkeys: `
    SELECT name, transports, is_backup_eligible, is_backed_up, aaguid, created_at, last_used_at
      FROM passkeys WHERE user_id = $1 ORDER BY created_at`,
  passkey_requests: `
    SELECT purpose, expires_at, used_at FROM passkey_ceremonies WHERE user_id = $1 ORDER BY expires_at`,
  second_factor_requests: `
    SELECT purpose, methods, created_at, expires_at, used_at
      FROM sign_in_challenges WHERE user_id = $1 ORDER BY created_at`,
  external_accounts: `
    SELECT provider, email, linked_at, last_used_at FROM external_accounts WHERE user_id = $1 ORDER BY linked_at`,
  external_sign_ins: `
    SELECT provider, purpose, created_at, returned_at
      FROM social_journeys WHERE $1 IN (user_id, link_user_id) ORDER BY created_at`,
  external_sign_ups: `
    SELECT s.provider, s.name, s.email, s.created_at, s.used_at
      FROM social_sign_ups s JOIN external_accounts e ON e.issuer = s.issuer AND e.subject = s.subject
     WHERE e.user_id = $1 ORDER BY s.created_at`,
  email_proofs: `
    SELECT purpose, email_key AS email, created_at, expires_at, used_at
      FROM email_proofs WHERE user_id = $1 ORDER BY created_at`,
  email_changes: `
    SELECT old_key AS old_email, email AS new_email, created_at, expires_at, old_confirmed_at, new_confirmed_at, ended_at
      FROM email_changes WHERE user_id = $1 ORDER BY created_at`,
  mails_asked_for: `
    SELECT m.asked_at FROM asked_mails m
      JOIN users u ON m.recipient = regexp_replace(lower(u.email), '^([^+@]+)\\+[^@]*', '\\1') OR m.subject = u.id::text
     WHERE u.id = $1 ORDER BY m.asked_at`,
  session_notices: `
    SELECT session_id, flagged_at, created_at, expires_at, used_at
      FROM not_me_links WHERE user_id = $1 ORDER BY created_at`,
  roles: 'SELECT role, assigned_at FROM user_roles WHERE user_id = $1 ORDER BY role',
  organizations: `
    SELECT o.slug, o.name, m.joined_at,
           ARRAY(SELECT r.role FROM organization_member_roles r
                  WHERE r.organization_id = m.organization_id AND r.user_id = m.user_id ORDER BY r.role) AS roles
      FROM organization_members m JOIN organizations o ON o.id = m.organization_id
     WHERE m.user_id = $1 ORDER BY o.slug`,
  invitations: `
    SELECT o.slug, o.name, i.roles, i.created_at, i.expires_at, i.accepted_at, i.withdrawn_at
      FROM organization_invitations i JOIN organizations o ON o.id = i.organization_id
      JOIN users u ON u.email_key = i.email_key
     WHERE u.id = $1 ORDER BY i.created_at`,
  devices: 'SELECT first_seen_at, last_seen_at FROM known_devices WHERE user_id = $1 ORDER BY first_seen_at',
  remembered_devices: `
    SELECT user_agent, created_at, expires_at FROM remembered_devices WHERE user_id = $1 ORDER BY created_at`,
  authentications: 'SELECT session_id, at FROM authentications WHERE user_id = $1 ORDER BY at',
} as const

export const createPersonalData = ({ pool }: { pool: Pool }) => ({
  collect: async (userId: UserId): Promise<Readonly<Record<string, readonly object[]>>> => {
    const entries = Object.entries(statements).map(
      async ([kind, text]) => [kind, (await pool.query<object>(text, [userId])).rows] as const,
    )
    return Object.fromEntries(await Promise.all(entries))
  },
})
