/**
 * Tells the token service what many users may do now, after a change of a role or an organization of theirs. Again does no
 * harm: the versions are raised once more.
 */
import type { AuthorizedUser } from '../domain/authority.ts'
import type { UserId } from '../domain/ids.ts'

export interface PushSubjectsDeps {
  readonly versions: { raise(userIds: readonly UserId[]): Promise<void> }
  readonly authorities: { findMany(ids: readonly UserId[]): Promise<readonly AuthorizedUser[]> }
  readonly tokens: { updateSubjects(users: readonly AuthorizedUser[]): Promise<void> }
}

export const createPushSubjects =
  ({ versions, authorities, tokens }: PushSubjectsDeps) =>
  async (userIds: readonly UserId[]): Promise<void> => {
    // Raised before they are read: whatever was read before has a lower version.
    await versions.raise(userIds)
    await tokens.updateSubjects(await authorities.findMany(userIds))
  }

export type PushSubjects = ReturnType<typeof createPushSubjects>
