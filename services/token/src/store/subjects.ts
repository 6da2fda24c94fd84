/** Snapshots of subjects, as identity told them last. Out of order messages never bring back an older state. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type pg from 'pg'
import type { Membership } from '../domain/authority.ts'
import type { UserId } from '../domain/ids.ts'
import { grantRevocationSeconds } from '../domain/revocation.ts'
import type { Subject } from '../domain/subject.ts'
import type { KnownSubject } from '../domain/subject-claims.ts'
import { endEarlyFamilies } from './early-families.ts'
import { createMicroBatch } from './micro-batch.ts'

/** A sign-in says again what is known: that is no change, and the claim `updated_at` stays. */
const upsert = `
  insert into subjects as s (user_id, email, email_verified, name, version, roles, permissions, organizations)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (user_id) do update
     set email = excluded.email, email_verified = excluded.email_verified, name = excluded.name,
         version = excluded.version, roles = excluded.roles, permissions = excluded.permissions,
         organizations = excluded.organizations, updated_at = now()
   where s.deleted_at is null and s.version <= excluded.version
     and (s.email, s.email_verified, s.name, s.version, s.roles, s.permissions, s.organizations)
         is distinct from (excluded.email, excluded.email_verified, excluded.name, excluded.version, excluded.roles,
                           excluded.permissions, excluded.organizations)`

const findStatement = `
  select user_id, email, email_verified, name, version, updated_at, roles, permissions, organizations from subjects
   where user_id = any($1::uuid[]) and deleted_at is null`

interface Row {
  user_id: UserId
  email: string
  email_verified: boolean
  name: string
  version: string
  updated_at: Date
  roles: string[]
  permissions: string[]
  organizations: Membership[]
}

/**
 * The id stays without its data. Every family that has begun ends in the same statement, and the access tokens of its grant with it: access
 * that was granted for the user's absence may have no session any more whose end could tell of it.
 */
const forget = `
  with forgotten as (
    insert into subjects as s (user_id, email, email_verified, name, version, deleted_at)
    values ($1, '', false, '', 0, now())
    on conflict (user_id) do update
       set email = '', email_verified = false, name = '', roles = '{}', permissions = '{}', organizations = '[]',
           updated_at = now(), deleted_at = now()
     where s.deleted_at is null
  ), ended as (
    update refresh_families set ended_at = now(), end_reason = 'account_deleted'
     where subject = $1 and ended_at is null
    returning id
  )
  insert into revocations (key, expires_at) select 'grant:' || id, now() + make_interval(secs => $2) from ended
  on conflict do nothing`

const toSubject = ({ user_id: userId, email_verified, version, updated_at, ...rest }: Row): KnownSubject => ({
  ...rest,
  userId,
  emailVerified: email_verified,
  version: Number(version),
  updatedAt: updated_at,
})

export const createSubjects = ({ pool }: { pool: pg.Pool }) => {
  const findMany = async (userIds: readonly UserId[]) => {
    const { rows } = await pool.query<Row>({ name: 'find-subjects', text: findStatement, values: [userIds] })
    const found = new Map(rows.map(row => [row.user_id, toSubject(row)]))
    return userIds.map(userId => ({ subject: found.get(userId) }))
  }

  // With each ID token: those that are issued together share a statement.
  const findBatched = createMicroBatch({ run: findMany, maxSize: 64, maxConcurrent: 2 })

  return {
    /** Keeps the snapshot unless a newer one is stored or the subject was deleted. */
    save: async (subject: Subject): Promise<void> => {
      const { userId, email, emailVerified, name, version, roles, permissions, organizations } = subject
      const memberships = JSON.stringify(organizations)
      await pool.query({
        name: 'save-subject',
        text: upsert,
        values: [userId, email, emailVerified, name, version, roles, permissions, memberships],
      })
    },
    /** Undefined for an unknown or deleted one. */
    find: async (userId: UserId): Promise<KnownSubject | undefined> => (await findBatched(userId)).subject,

    /** Forgets the subject for good and ends its families. Again changes nothing. */
    delete: async (userId: UserId): Promise<void> => {
      await inTransaction(pool, async db => {
        await endEarlyFamilies(db, { subject: userId }, 'account_deleted')
        await db.query(forget, [userId, grantRevocationSeconds])
      })
    },
  }
}

export type Subjects = ReturnType<typeof createSubjects>
