/** Users as operators look for them. */
import type { Pool } from 'pg'
import type { UserId } from '../domain/ids.ts'
import type { ManagedUser, UserPage, UserState } from '../domain/managed-user.ts'
import { toUser, type UserRow, userColumns } from './user-row.ts'

interface ManagedUserRow extends UserRow {
  readonly lastLoginAt: Date | null
  readonly lockedUntil: Date | null
  readonly hasPassword: boolean
  readonly roles: readonly string[]
}

const toManagedUser = ({
  lastLoginAt,
  lockedUntil,
  hasPassword,
  roles,
  ...row
}: ManagedUserRow): ManagedUser => ({
  ...toUser(row),
  lastLoginAt: lastLoginAt ?? undefined,
  lockedUntil: lockedUntil ?? undefined,
  hasPassword,
  roles,
})

// The budget that strangers share: a device that the user is known to use has one of its own.
const select = `
  SELECT ${userColumns}, u.last_login_at AS "lastLoginAt", a.expires_at AS "lockedUntil",
         EXISTS (SELECT FROM password_credentials c WHERE c.user_id = u.id) AS "hasPassword",
         ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id ORDER BY r.role) AS roles
    FROM users u
    LEFT JOIN login_attempts a
      ON a.email_key = u.email_key AND a.device_hash = '' AND a.failures >= $1 AND a.expires_at > $2`

const conditions: Readonly<Record<UserState, string>> = {
  active: 'u.disabled_at IS NULL',
  disabled: 'u.disabled_at IS NOT NULL',
  locked: 'a.expires_at IS NOT NULL',
  unverified: 'u.email_verified_at IS NULL',
}

const listStatement = (state: UserState | undefined): string => `${select}
   WHERE ($4::timestamptz IS NULL OR (u.created_at, u.id) < ($4, $5::uuid))
     AND ($6::text IS NULL OR u.email_key = $6) AND ($7::text IS NULL OR u.email_key ^@ $7)
     AND ${state === undefined ? 'true' : conditions[state]}
   ORDER BY u.created_at DESC, u.id DESC LIMIT $3`

export interface ManagedUsersDeps {
  readonly pool: Pool
  readonly policy: { readonly maxAttempts: number }
  readonly now: () => Date
}

export const createManagedUsers = ({ pool, policy, now }: ManagedUsersDeps) => ({
  find: async (id: UserId): Promise<ManagedUser | undefined> => {
    const values = [policy.maxAttempts, now(), id]
    const { rows } = await pool.query<ManagedUserRow>(`${select} WHERE u.id = $3`, values)
    return rows[0] === undefined ? undefined : toManagedUser(rows[0])
  },

  /** Newest first. */
  list: async ({ limit, after, emailKey, search, state }: UserPage): Promise<readonly ManagedUser[]> => {
    const { rows } = await pool.query<ManagedUserRow>(listStatement(state), [
      policy.maxAttempts,
      now(),
      limit,
      after?.createdAt,
      after?.id,
      emailKey,
      search?.toLowerCase(),
    ])
    return rows.map(toManagedUser)
  },
})
