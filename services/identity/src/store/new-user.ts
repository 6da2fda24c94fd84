/** The rows that an account begins with. */
import type { PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'
import type { NewUser, User } from '../domain/user.ts'
import { rememberFirstDevice } from './known-devices.ts'

type Client = Pick<PoolClient, 'query'>

const insertRow = `
  INSERT INTO users (id, email, email_key, email_verified_at, name, metadata, created_at, updated_at, last_login_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7, CASE WHEN $8::bool THEN $7::timestamptz END)`

const insertCredential = `
  INSERT INTO password_credentials (user_id, password_hash, changed_at) VALUES ($1, $2, $3)`

/** @throws a violation of `users_email_key_key` where the address has an account */
export const insertUser = async (
  client: Client,
  user: Pick<User, 'id' | 'email' | 'emailKey' | 'emailVerifiedAt' | 'name' | 'metadata' | 'createdAt'>,
  { isSignedIn = true } = {},
): Promise<void> => {
  const { id, email, emailKey, emailVerifiedAt, name, metadata, createdAt } = user
  const values = [id, email, emailKey, emailVerifiedAt, name, JSON.stringify(metadata), createdAt, isSignedIn]
  await client.query(insertRow, values)
}

export const insertPassword = async (
  client: Client,
  userId: UserId,
  passwordHash: string,
  at: Date,
): Promise<void> => {
  await client.query(insertCredential, [userId, passwordHash, at])
}

/** @throws a violation of `users_email_key_key` where the address has an account */
export const insertNewUser = async (
  client: PoolClient,
  { user, passwordHash, device }: Pick<NewUser, 'user' | 'passwordHash' | 'device'>,
): Promise<void> => {
  await insertUser(client, user)
  const { id, createdAt } = user
  if (passwordHash !== undefined) await insertPassword(client, id, passwordHash, createdAt)
  await rememberFirstDevice(client, id, device, createdAt)
}
