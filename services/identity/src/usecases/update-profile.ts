/** What users change about themselves. What tokens say about them follows by itself. */
import type { UserId } from '../domain/ids.ts'
import type { ProfileChange, User } from '../domain/user.ts'
import type { GetProfile } from './get-profile.ts'

export interface UpdateProfileDeps {
  readonly users: { updateProfile(id: UserId, change: ProfileChange, at: Date): Promise<User | undefined> }
  readonly getProfile: GetProfile
  readonly now: () => Date
}

/** The user as changed; undefined where they are not there any more, or disabled. */
export const createUpdateProfile =
  ({ users, getProfile, now }: UpdateProfileDeps) =>
  (id: UserId, change: ProfileChange): Promise<User | undefined> => {
    const isEmpty = change.name === undefined && change.metadata === undefined
    return isEmpty ? getProfile(id) : users.updateProfile(id, change, now())
  }

export type UpdateProfile = ReturnType<typeof createUpdateProfile>
