/** Roles, and what they allow. Everybody who has one is told of, with the change. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { NewRole, Permission, Role, RoleChange, RoleDeletion, RoleName } from '../domain/role.ts'
import { tellSubjectsChanged } from './subject-changes.ts'

const select = `
  SELECT r.name, r.kind, r.description, r.require_mfa AS "requiresSecondFactor", r.built_in AS "isBuiltIn",
         r.created_at AS "createdAt", r.updated_at AS "updatedAt",
         ARRAY(SELECT p.permission FROM role_permissions p WHERE p.role = r.name ORDER BY p.permission) AS permissions,
         (SELECT count(*)::int FROM user_roles u WHERE u.role = r.name)
           + (SELECT count(*)::int FROM organization_member_roles m WHERE m.role = r.name) AS holders
    FROM roles r`

const insert = `
  INSERT INTO roles (name, kind, description, require_mfa, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
  ON CONFLICT (name) DO NOTHING`

const update = `
  UPDATE roles SET description = coalesce($2, description), require_mfa = coalesce($3, require_mfa), updated_at = $4
   WHERE name = $1`

const addPermissions = `
  INSERT INTO role_permissions (role, permission) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`

/** Everybody who has the role of $3. */
const holders = `
  SELECT user_id FROM user_roles WHERE role = $3
   UNION SELECT user_id FROM organization_member_roles WHERE role = $3`

const replacePermissions = async (
  client: PoolClient,
  name: RoleName,
  permissions: readonly Permission[],
): Promise<void> => {
  await client.query('DELETE FROM role_permissions WHERE role = $1 AND permission <> ALL($2)', [
    name,
    permissions,
  ])
  await client.query(addPermissions, [name, permissions])
}

export const createRoles = ({ pool }: { pool: Pool }) => {
  const find = async (name: string): Promise<Role | undefined> =>
    (await pool.query<Role>(`${select} WHERE r.name = $1`, [name])).rows[0]

  return {
    find,

    /** By name. */
    list: async (): Promise<readonly Role[]> => (await pool.query<Role>(`${select} ORDER BY r.name`)).rows,

    insert: (role: NewRole, at: Date): Promise<'inserted' | 'taken'> =>
      inTransaction(pool, async client => {
        const { name, kind, description, requiresSecondFactor, permissions } = role
        const values = [name, kind, description, requiresSecondFactor, at]
        const { rowCount } = await client.query(insert, values)
        if (rowCount === 0) return 'taken'
        await client.query(addPermissions, [name, permissions])
        return 'inserted'
      }),

    /** False where there is none. Who is given the role meanwhile waits for the lock, and so is told of. */
    update: (name: RoleName, change: RoleChange, at: Date): Promise<boolean> =>
      inTransaction(pool, async client => {
        const { description, requiresSecondFactor, permissions } = change
        const { rowCount } = await client.query(update, [name, description, requiresSecondFactor, at])
        if (rowCount === 0) return false
        if (permissions === undefined) return true
        await replacePermissions(client, name, permissions)
        await tellSubjectsChanged(client, name, holders, [name])
        return true
      }),

    /** @param cascade takes it from everybody who has it */
    delete: (name: RoleName, cascade: boolean): Promise<RoleDeletion> =>
      inTransaction(pool, async client => {
        const lock = 'SELECT built_in FROM roles WHERE name = $1 FOR UPDATE'
        const [role] = (await client.query<{ built_in: boolean }>(lock, [name])).rows
        if (role === undefined) return { outcome: 'unknown' }
        if (role.built_in) return { outcome: 'built_in' }
        const [used] = (await client.query<Role>(`${select} WHERE r.name = $1`, [name])).rows
        if (used !== undefined && used.holders > 0 && !cascade)
          return { outcome: 'in_use', holders: used.holders }
        await tellSubjectsChanged(client, name, holders, [name])
        await client.query('DELETE FROM roles WHERE name = $1', [name])
        return { outcome: 'deleted' }
      }),
  }
}
