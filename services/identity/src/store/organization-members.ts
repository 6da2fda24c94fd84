/** Who belongs to an organization, and as what. One that has owners keeps one, whatever happens at the same time. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { OrganizationId, UserId } from '../domain/ids.ts'
import {
  type Actor,
  type Member,
  type MemberChange,
  type MemberPage,
  type MembershipRefusal,
  organizationsPerUser,
} from '../domain/organization.ts'
import { ownerRole } from '../domain/role.ts'
import { lockAllOrganizationRoles, lockOrganization } from './organization-access.ts'
import { tellSubjectChanged } from './subject-changes.ts'

const listStatement = `
  SELECT u.id, u.email, u.name, m.joined_at AS "createdAt",
         ARRAY(SELECT r.role FROM organization_member_roles r
                WHERE r.organization_id = m.organization_id AND r.user_id = m.user_id ORDER BY r.role) AS roles
    FROM organization_members m JOIN users u ON u.id = m.user_id
   WHERE m.organization_id = $1
     AND ($2::timestamptz IS NULL OR (m.joined_at, m.user_id) < ($2, $3::uuid))
   ORDER BY m.joined_at DESC, m.user_id DESC LIMIT $4`

const lockUser = 'SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE'

const insertMember = `
  INSERT INTO organization_members (organization_id, user_id, joined_at)
  SELECT $1, $2, $3 WHERE (SELECT count(*) FROM organization_members WHERE user_id = $2) < $4
  ON CONFLICT DO NOTHING`

const isMember = 'SELECT FROM organization_members WHERE organization_id = $1 AND user_id = $2'

const addRoles = `
  INSERT INTO organization_member_roles (organization_id, user_id, role) SELECT $1, $2, unnest($3::text[])
  ON CONFLICT DO NOTHING`

const removeOtherRoles = `
  DELETE FROM organization_member_roles WHERE organization_id = $1 AND user_id = $2 AND role <> ALL($3)`

// Under the organization's lock nobody else gains or loses the role.
const isOnlyOwner = `
  SELECT FROM organization_member_roles WHERE organization_id = $1 AND role = $3
  HAVING bool_or(user_id = $2) AND count(*) = 1`

/** Under the locks of the organization and the user. False where the user belongs to as many as one may. */
export const addMember = async (
  client: PoolClient,
  { organizationId, userId, roles, at }: Omit<MemberChange, 'actor'>,
): Promise<boolean> => {
  if ((await client.query(isMember, [organizationId, userId])).rowCount === 0) {
    const values = [organizationId, userId, at, organizationsPerUser]
    if ((await client.query(insertMember, values)).rowCount === 0) return false
  }
  await client.query(addRoles, [organizationId, userId, roles])
  return true
}

/** Thrown to roll the transaction back; never seen outside. */
class Refused extends Error {
  readonly refusal: MembershipRefusal

  constructor(refusal: MembershipRefusal) {
    super(refusal)
    this.refusal = refusal
  }
}

export const createOrganizationMembers = ({ pool }: { pool: Pool }) => {
  /** All of it or nothing. */
  const change = async (
    work: (client: PoolClient) => Promise<'done'>,
  ): Promise<'done' | MembershipRefusal> => {
    try {
      return await inTransaction(pool, work)
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }

  const refuseLastOwner = async (client: PoolClient, organizationId: OrganizationId, userId: UserId) => {
    const { rowCount } = await client.query(isOnlyOwner, [organizationId, userId, ownerRole])
    if (rowCount === 1) throw new Refused('last_owner')
  }

  return {
    /** Latest first. */
    list: async ({ organizationId, limit, after }: MemberPage): Promise<readonly Member[]> => {
      const values = [organizationId, after?.createdAt, after?.id, limit]
      return (await pool.query<Member>(listStatement, values)).rows
    },

    /** Makes somebody a member with these roles and no others. Again changes nothing. */
    put: ({ actor, ...member }: MemberChange): Promise<'done' | MembershipRefusal> =>
      change(async client => {
        const { organizationId, userId, roles } = member
        const access = await lockOrganization(client, organizationId, actor)
        if (access.outcome !== 'allowed') throw new Refused(access.outcome)
        if ((await client.query(lockUser, [userId])).rowCount === 0) throw new Refused('unknown_user')
        // An owner invites; only who is a member already has roles to be changed by them.
        if (actor.kind === 'user' && (await client.query(isMember, [organizationId, userId])).rowCount === 0)
          throw new Refused('unknown_user')
        if (!(await lockAllOrganizationRoles(client, roles))) throw new Refused('unknown_role')
        if (!roles.includes(ownerRole)) await refuseLastOwner(client, organizationId, userId)
        if (!(await addMember(client, member))) throw new Refused('too_many')
        await client.query(removeOtherRoles, [organizationId, userId, roles])
        await tellSubjectChanged(client, userId)
        return 'done'
      }),

    /** Members may leave by themselves. */
    remove: (
      actor: Actor,
      organizationId: OrganizationId,
      userId: UserId,
    ): Promise<'done' | MembershipRefusal> =>
      change(async client => {
        const access = await lockOrganization(client, organizationId, actor)
        const leaves = access.outcome === 'not_owner' && actor.kind === 'user' && actor.userId === userId
        if (access.outcome !== 'allowed' && !leaves) throw new Refused(access.outcome)
        await client.query(lockUser, [userId])
        await refuseLastOwner(client, organizationId, userId)
        const { rowCount } = await client.query(
          'DELETE FROM organization_members WHERE organization_id = $1 AND user_id = $2',
          [organizationId, userId],
        )
        if (rowCount === 0) throw new Refused('unknown_user')
        await tellSubjectChanged(client, userId)
        return 'done'
      }),
  }
}
