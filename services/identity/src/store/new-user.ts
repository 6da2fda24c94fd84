/** The rows that an account begins with. */
import type { PoolClient } from 'pg'
import type { NewUser, User } from '../domain/user.ts'
import { rememberFirstDevice } from './known-devices.ts'

const insertRow = `
  INSERT INTO users (id, email, email_key, email_verified_at, name, metadata, last_login_at, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7)`

const insertCredential = `
  INSERT INTO password_credentials (user_id, password_hash, changed_at) VALUES ($1, $2, $3)`

/** @throws a violation of `users_email_key_key` where the address is taken */
export const insertUser = async (client: Pick<PoolClient, 'query'>, user: User): Promise<void> => {
  const { id, email, emailKey, emailVerifiedAt, name, metadata, createdAt } = user
  const values = [id, email, emailKey, emailVerifiedAt, name, JSON.stringify(metadata), createdAt]
  await client.query(insertRow, values)
}

/** @throws a violation of `users_email_key_key` where the address has an account */
export const insertNewUser = async (
  client: PoolClient,
  { user, passwordHash, device }: Pick<NewUser, 'user' | 'passwordHash' | 'device'>,
): Promise<void> => {
  await insertUser(client, user)
  const { id, createdAt } = user
  if (passwordHash !== undefined) await client.query(insertCredential, [id, passwordHash, createdAt])
  await rememberFirstDevice(client, id, device, createdAt)
}
