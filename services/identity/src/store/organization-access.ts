/**
 * Who may change an organization, looked at under its lock: of two owners who remove each other at once, the second is no
 * owner any more. Locks are taken in one order: the organization, the user, the roles.
 */
import type { Pool, PoolClient } from 'pg'
import type { OrganizationId } from '../domain/ids.ts'
import type { Actor, OrganizationAccess } from '../domain/organization.ts'
import { ownerRole, type RoleName } from '../domain/role.ts'

const lockStatement = 'SELECT name FROM organizations WHERE id = $1 FOR NO KEY UPDATE'

const standing = `
  SELECT EXISTS (SELECT FROM organization_member_roles r
                  WHERE r.organization_id = $1 AND r.user_id = $2 AND r.role = $3) AS "isOwner"
    FROM organization_members m WHERE m.organization_id = $1 AND m.user_id = $2`

/** To somebody who does not belong to it an organization is one that does not exist. */
export const lockOrganization = async (
  client: PoolClient,
  organizationId: OrganizationId,
  actor: Actor,
): Promise<OrganizationAccess> => {
  const [organization] = (await client.query<{ name: string }>(lockStatement, [organizationId])).rows
  return judge(client, organization, organizationId, actor)
}

const judge = async (
  client: Pick<PoolClient, 'query'>,
  organization: { readonly name: string } | undefined,
  organizationId: OrganizationId,
  actor: Actor,
): Promise<OrganizationAccess> => {
  if (organization === undefined) return { outcome: 'unknown_organization' }
  if (actor.kind === 'operator') return { ...organization, outcome: 'allowed' }
  const values = [organizationId, actor.userId, ownerRole]
  const [member] = (await client.query<{ isOwner: boolean }>(standing, values)).rows
  if (member === undefined) return { outcome: 'unknown_organization' }
  return member.isOwner ? { ...organization, outcome: 'allowed' } : { outcome: 'not_owner' }
}

/** The same without a lock, for who only looks. */
export const createFindAccess =
  ({ pool }: { pool: Pool }) =>
  async (organizationId: OrganizationId, actor: Actor): Promise<OrganizationAccess> => {
    const text = 'SELECT name FROM organizations WHERE id = $1'
    const [organization] = (await pool.query<{ name: string }>(text, [organizationId])).rows
    return judge(pool, organization, organizationId, actor)
  }

/** Those of them that are roles of organizations. They can't change or go until the transaction ends. */
export const lockOrganizationRoles = async (
  client: PoolClient,
  roles: readonly RoleName[],
): Promise<readonly RoleName[]> => {
  const { rows } = await client.query<{ name: RoleName }>(
    `SELECT name FROM roles WHERE name = ANY($1) AND kind = 'organization' ORDER BY name FOR SHARE`,
    [roles],
  )
  return rows.map(({ name }) => name)
}

/** True where all of them are. */
export const lockAllOrganizationRoles = async (
  client: PoolClient,
  roles: readonly RoleName[],
): Promise<boolean> => (await lockOrganizationRoles(client, roles)).length === new Set(roles).size
