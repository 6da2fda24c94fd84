/**
 * Roles as operators make, change and give them. An answer waits a moment for the word of it to arrive where tokens are
 * made, so that a refresh right after it shows the change.
 */
import type { UserId } from '../domain/ids.ts'
import type { NewRole, Role, RoleAssignment, RoleChange, RoleDeletion, RoleName } from '../domain/role.ts'

export interface ManageRolesDeps {
  readonly roles: {
    find(name: string): Promise<Role | undefined>
    list(): Promise<readonly Role[]>
    insert(role: NewRole, at: Date): Promise<'inserted' | 'taken'>
    update(name: RoleName, change: RoleChange, at: Date): Promise<boolean>
    delete(name: RoleName, cascade: boolean): Promise<RoleDeletion>
  }
  readonly assignments: {
    list(userId: UserId): Promise<readonly string[] | undefined>
    assign(userId: UserId, role: RoleName, at: Date): Promise<RoleAssignment>
    revoke(userId: UserId, role: RoleName): Promise<boolean>
  }
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const createManageRoles = ({ roles, assignments, settle, now }: ManageRolesDeps) => {
  const settled = async <Result>(work: Promise<Result>): Promise<Result> => {
    const result = await work
    await settle()
    return result
  }
  return {
    find: roles.find,
    list: roles.list,

    /** Undefined where the name is in use. */
    create: async (role: NewRole): Promise<Role | undefined> =>
      (await roles.insert(role, now())) === 'inserted' ? roles.find(role.name) : undefined,

    /** Undefined where there is none. */
    update: async (name: RoleName, change: RoleChange): Promise<Role | undefined> =>
      (await settled(roles.update(name, change, now()))) ? roles.find(name) : undefined,

    delete: (name: RoleName, cascade: boolean): Promise<RoleDeletion> => settled(roles.delete(name, cascade)),

    listOf: assignments.list,
    assign: (userId: UserId, role: RoleName): Promise<RoleAssignment> =>
      settled(assignments.assign(userId, role, now())),
    revoke: (userId: UserId, role: RoleName): Promise<boolean> => settled(assignments.revoke(userId, role)),
  }
}

export type ManageRoles = ReturnType<typeof createManageRoles>
