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
         coalesce((
           SELECT jsonb_agg(jsonb_build_object(
                    'id', o.id, 'slug', o.slug, 'name', o.name,
                    'roles', ARRAY(SELECT r.role FROM organization_member_roles r
                                    WHERE r.organization_id = o.id AND r.user_id = u.id ORDER BY r.role),
                    'permissions', ARRAY(SELECT DISTINCT p.permission FROM organization_member_roles r
                                           JOIN role_permissions p ON p.role = r.role
                                          WHERE r.organization_id = o.id AND r.user_id = u.id ORDER BY p.permission)
                  ) ORDER BY o.slug)
             FROM organization_members m JOIN organizations o ON o.id = m.organization_id
            WHERE m.user_id = u.id), '[]') AS organizations
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
