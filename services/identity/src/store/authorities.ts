/**
 * Users with what they may do. One statement reads it all, as of one instant: a version never comes with contents that are
 * older than it. For one user it is a statement of its own: of "any of these" Postgres expects ten, finds a plan for the one
 * at hand cheaper each time, and so plans anew for each sign-in (450 µs of its CPU, 90 with a plan that is kept).
 */
import type { Pool } from 'pg'
import type { Authority, AuthorizedUser } from '../domain/authority.ts'
import type { UserId } from '../domain/ids.ts'
import { toUser, type UserRow, userColumns } from './user-row.ts'

const select = (condition: string): string => `
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
    FROM users u WHERE ${condition}`

const selectOne = select('u.id = $1')
const selectMany = select('u.id = ANY($1::uuid[])')

type Row = UserRow & Authority

const toAuthorizedUser = ({ roles, permissions, organizations, ...row }: Row): AuthorizedUser => ({
  user: toUser(row),
  authority: { roles, permissions, organizations },
})

export const createAuthorities = ({ pool }: { pool: Pool }) => ({
  find: async (id: UserId): Promise<AuthorizedUser | undefined> => {
    const { rows } = await pool.query<Row>({ name: 'find-authority', text: selectOne, values: [id] })
    return rows[0] === undefined ? undefined : toAuthorizedUser(rows[0])
  },

  /** Those who are there, in no order. */
  findMany: async (ids: readonly UserId[]): Promise<readonly AuthorizedUser[]> =>
    (await pool.query<Row>(selectMany, [ids])).rows.map(toAuthorizedUser),
})
