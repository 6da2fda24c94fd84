/** How a row of `users` becomes a user: the one place that trusts what the table holds. */
import type { EmailAddress, EmailKey } from '../domain/email-address.ts'
import type { UserId } from '../domain/ids.ts'
import type { User } from '../domain/user.ts'
import type { UserMetadata } from '../domain/user-metadata.ts'
import type { UserName } from '../domain/user-name.ts'

export interface UserRow {
  readonly id: string
  readonly email: string
  readonly emailKey: string
  readonly emailVerifiedAt: Date | null
  readonly name: string
  readonly metadata: unknown
  readonly disabledAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly version: number
}

/** The columns of a `UserRow`, for statements that call the table `u`. */
export const userColumns = `
  u.id, u.email, u.email_key AS "emailKey", u.email_verified_at AS "emailVerifiedAt", u.name, u.metadata,
  u.disabled_at AS "disabledAt", u.created_at AS "createdAt", u.updated_at AS "updatedAt", u.version`

export const toUser = (row: UserRow): User => ({
  id: row.id as UserId,
  email: row.email as EmailAddress,
  emailKey: row.emailKey as EmailKey,
  emailVerifiedAt: row.emailVerifiedAt ?? undefined,
  name: row.name as UserName,
  metadata: row.metadata as UserMetadata,
  disabledAt: row.disabledAt ?? undefined,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  version: row.version,
})
