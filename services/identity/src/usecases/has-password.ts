/** Whether somebody signs in with a password, or by other means alone. */
import type { UserId } from '../domain/ids.ts'
import type { Account } from '../domain/user.ts'

export interface HasPasswordDeps {
  readonly credentials: { findByUser(id: UserId, device: undefined): Promise<Account | undefined> }
}

export const createHasPassword =
  ({ credentials }: HasPasswordDeps) =>
  async (userId: UserId): Promise<boolean> =>
    (await credentials.findByUser(userId, undefined))?.credential !== undefined

export type HasPassword = ReturnType<typeof createHasPassword>
