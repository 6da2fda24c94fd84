/** Organizations as operators make, find, change and delete them. Their members' tokens follow. */
import { inTransaction, isUniqueViolation } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { OrganizationId, UserId } from '../domain/ids.ts'
import type {
  NewOrganization,
  Organization,
  OrganizationChange,
  OrganizationPage,
  OwnOrganization,
} from '../domain/organization.ts'
import { tellSubjectsChanged } from './subject-changes.ts'

const select = `
  SELECT o.id, o.slug, o.name, o.metadata, o.created_at AS "createdAt", o.updated_at AS "updatedAt",
         (SELECT count(*)::int FROM organization_members m WHERE m.organization_id = o.id) AS members
    FROM organizations o`

const listStatement = `${select}
   WHERE ($2::timestamptz IS NULL OR (o.created_at, o.id) < ($2, $3::uuid))
     AND ($4::text IS NULL OR o.slug = $4)
     AND ($5::text IS NULL OR strpos(lower(o.name), lower($5)) > 0 OR strpos(o.slug, lower($5)) > 0)
   ORDER BY o.created_at DESC, o.id DESC LIMIT $1`

const insertStatement = `
  INSERT INTO organizations (id, slug, name, metadata, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)`

const updateStatement = `
  UPDATE organizations SET slug = coalesce($2, slug), name = coalesce($3, name), metadata = coalesce($4, metadata),
                           updated_at = $5
   WHERE id = $1`

/** Everybody who belongs to the organization of $3. */
const members = 'SELECT user_id FROM organization_members WHERE organization_id = $3'

const isSlugTaken = (error: unknown): boolean => isUniqueViolation(error, 'organizations_slug_key')

export const createOrganizations = ({ pool }: { pool: Pool }) => ({
  find: async (id: OrganizationId): Promise<Organization | undefined> =>
    (await pool.query<Organization>(`${select} WHERE o.id = $1`, [id])).rows[0],

  /** Newest first. */
  list: async ({ limit, after, slug, search }: OrganizationPage): Promise<readonly Organization[]> => {
    const values = [limit, after?.createdAt, after?.id, slug, search]
    return (await pool.query<Organization>(listStatement, values)).rows
  },

  /** Those that a user belongs to, by slug. */
  listOf: async (userId: UserId): Promise<readonly OwnOrganization[]> => {
    const { rows } = await pool.query<OwnOrganization>(
      `SELECT o.id, o.slug, o.name,
              ARRAY(SELECT r.role FROM organization_member_roles r
                     WHERE r.organization_id = o.id AND r.user_id = $1 ORDER BY r.role) AS roles
         FROM organization_members m JOIN organizations o ON o.id = m.organization_id
        WHERE m.user_id = $1 ORDER BY o.name, o.slug`,
      [userId],
    )
    return rows
  },

  insert: async (
    { id, slug, name, metadata }: NewOrganization,
    at: Date,
  ): Promise<'inserted' | 'slug_taken'> => {
    try {
      await pool.query(insertStatement, [id, slug, name, JSON.stringify(metadata), at])
      return 'inserted'
    } catch (error) {
      if (isSlugTaken(error)) return 'slug_taken'
      throw error
    }
  },

  /** Who joins meanwhile waits for the lock on the row, and so is told of. */
  update: async (
    id: OrganizationId,
    { slug, name, metadata }: OrganizationChange,
    at: Date,
  ): Promise<'updated' | 'unknown' | 'slug_taken'> => {
    const json = metadata === undefined ? undefined : JSON.stringify(metadata)
    try {
      return await inTransaction(pool, async client => {
        const { rowCount } = await client.query(updateStatement, [id, slug, name, json, at])
        if (rowCount === 0) return 'unknown'
        if (slug !== undefined || name !== undefined) await tellSubjectsChanged(client, id, members, [id])
        return 'updated'
      })
    } catch (error) {
      if (isSlugTaken(error)) return 'slug_taken'
      throw error
    }
  },

  /** With its memberships and invitations. False where there is none. */
  delete: (id: OrganizationId): Promise<boolean> =>
    inTransaction(pool, async client => {
      const lock = 'SELECT FROM organizations WHERE id = $1 FOR UPDATE'
      if ((await client.query(lock, [id])).rowCount === 0) return false
      await tellSubjectsChanged(client, id, members, [id])
      await client.query('DELETE FROM organizations WHERE id = $1', [id])
      return true
    }),
})
