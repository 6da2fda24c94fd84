/** Who a signed-in user is. */
import type { UserId } from '../domain/ids.ts'
import type { User } from '../domain/user.ts'

export interface GetProfileDeps {
  readonly users: { findById(id: UserId): Promise<User | undefined> }
}

/** Undefined where the user is not there any more, or disabled: their token is worth nothing. */
export const createGetProfile =
  ({ users }: GetProfileDeps) =>
  async (id: UserId): Promise<User | undefined> => {
    const user = await users.findById(id)
    return user?.disabledAt === undefined ? user : undefined
  }

export type GetProfile = ReturnType<typeof createGetProfile>
