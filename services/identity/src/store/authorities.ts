/**
 * Users with what they may do. One statement reads it all, as of one instant: a version never comes with contents that are
 * older than it.
 */
import type { Pool } from 'pg'
import type { Authority, AuthorizedUser } from '../domain/authority.ts'
import type { UserId } from '../domain/ids.ts'
import { toUser, type UserRow, userColumns } from './user-row.ts'

const select = `
  SELECT ${userColumns},
         ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id ORDER BY r.role) AS roles,
         ARRAY(SELECT DISTINCT p.permission FROM user_roles r JOIN role_permissions p ON p.role = r.role
                WHERE r.user_id = u.id ORDER BY p.permission) AS permissions,
         '[]'::jsonb AS organizations
    FROM users u WHERE u.id = ANY($1::uuid[])`

type Row = UserRow & Authority

const toAuthorizedUser = ({ roles, permissions, organizations, ...row }: Row): AuthorizedUser => ({
  user: toUser(row),
  authority: { roles, permissions, organizations },
})

export const createAuthorities = ({ pool }: { pool: Pool }) => {
  /** Those who are there, in no order. */
  const findMany = async (ids: readonly UserId[]): Promise<readonly AuthorizedUser[]> => {
    const { rows } = await pool.query<Row>({ name: 'find-authorities', text: select, values: [ids] })
    return rows.map(toAuthorizedUser)
  }
  return {
    findMany,
    find: async (id: UserId): Promise<AuthorizedUser | undefined> => (await findMany([id]))[0],
  }
}
