/**
 * Who has which role. The user's row is locked first, then the role's, so that a change of the role that runs at the same
 * time knows of who has it, and the count of a user's roles holds under parallel assignments.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { UserId } from '../domain/ids.ts'
import { type RoleAssignment, type RoleName, rolesPerUser } from '../domain/role.ts'
import { tellSubjectChanged } from './subject-changes.ts'

const assign = `
  INSERT INTO user_roles (user_id, role, assigned_at)
  SELECT $1, name, $3 FROM roles WHERE name = $2 AND kind = 'user' FOR SHARE
  ON CONFLICT (user_id, role) DO NOTHING`

const count = `
  SELECT count(*)::int AS roles, coalesce(bool_or(role = $2), false) AS has FROM user_roles WHERE user_id = $1`

export const createRoleAssignments = ({ pool }: { pool: Pool }) => ({
  /** Undefined where there is no such user. */
  list: async (userId: UserId): Promise<readonly string[] | undefined> => {
    const { rows } = await pool.query<{ roles: string[] }>(
      `SELECT ARRAY(SELECT role FROM user_roles WHERE user_id = u.id ORDER BY role) AS roles
         FROM users u WHERE id = $1`,
      [userId],
    )
    return rows[0]?.roles
  },

  /** Again changes nothing. */
  assign: (userId: UserId, role: RoleName, at: Date): Promise<RoleAssignment> =>
    inTransaction(pool, async client => {
      const lock = 'SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE'
      if ((await client.query(lock, [userId])).rowCount === 0) return 'unknown_user'
      const [had] = (await client.query<{ roles: number; has: boolean }>(count, [userId, role])).rows
      if (had?.has === true) return 'assigned'
      if (had !== undefined && had.roles >= rolesPerUser) return 'too_many'
      const { rowCount } = await client.query(assign, [userId, role, at])
      if (rowCount === 0) return 'unknown_role'
      await tellSubjectChanged(client, userId)
      return 'assigned'
    }),

  /** False where there is no such user. Again changes nothing. */
  revoke: (userId: UserId, role: RoleName): Promise<boolean> =>
    inTransaction(pool, async client => {
      const lock = 'SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE'
      if ((await client.query(lock, [userId])).rowCount === 0) return false
      const remove = 'DELETE FROM user_roles WHERE user_id = $1 AND role = $2'
      const { rowCount } = await client.query(remove, [userId, role])
      if (rowCount === 1) await tellSubjectChanged(client, userId)
      return true
    }),
})
