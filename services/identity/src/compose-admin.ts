/** Users as operators manage them. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Clients } from './compose-clients.ts'
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { IdentitySettings } from './config.ts'
import { guardAdminRoutes } from './http/admin-access.ts'
import { createAdminImportRoutes } from './http/admin-imports.ts'
import { createAdminOrganizationRoutes } from './http/admin-organizations.ts'
import { createAdminRoleRoutes } from './http/admin-roles.ts'
import { createAdminSessionRoutes } from './http/admin-sessions.ts'
import { createAdminUserSchemas } from './http/admin-user-schemas.ts'
import { createAdminUserRoutes } from './http/admin-users.ts'
import { createManagedUsers } from './store/managed-users.ts'
import { createUserAdministration } from './store/user-administration.ts'
import { createUserImports } from './store/user-imports.ts'
import { createCreateUser } from './usecases/create-user.ts'
import { createImportUsers } from './usecases/import-users.ts'
import { createManageRoles } from './usecases/manage-roles.ts'
import { createManageUsers } from './usecases/manage-users.ts'

export interface AdminInit {
  readonly settings: Pick<IdentitySettings, 'MAX_LOGIN_ATTEMPTS'>
  readonly stores: Pick<Stores, 'pool' | 'users' | 'mirrors' | 'roles' | 'roleAssignments'>
  readonly clients: Pick<Clients, 'admins' | 'sessions'>
  readonly passwords: Passwords
  readonly useCases: Pick<
    UseCases,
    | 'choosePassword'
    | 'requestReset'
    | 'settle'
    | 'manageOrganizations'
    | 'manageMembers'
    | 'inviteMember'
    | 'manageInvitations'
  >
  readonly logger: Logger
  readonly now: () => Date
}

export const composeAdmin = ({ settings, stores, clients, passwords, useCases, logger, now }: AdminInit) => {
  const { pool, mirrors } = stores
  const administration = createUserAdministration({ pool })
  const manageUsers = createManageUsers({
    ...useCases,
    managedUsers: createManagedUsers({ pool, policy: { maxAttempts: settings.MAX_LOGIN_ATTEMPTS }, now }),
    administration,
    hideFailures: emailKey => mirrors.showFailures(emailKey, 0, 0),
    now,
  })
  const routes = guardAdminRoutes({ authorizeAdmin: clients.admins.authorize }, [
    ...createAdminUserRoutes({
      schemas: createAdminUserSchemas(passwords.policy),
      manageUsers,
      createUser: createCreateUser({ ...useCases, administration, now }),
      logger,
    }),
    ...createAdminRoleRoutes({
      manageRoles: createManageRoles({
        roles: stores.roles,
        assignments: stores.roleAssignments,
        settle: useCases.settle,
        now,
      }),
      logger,
    }),
    ...createAdminSessionRoutes({ users: stores.users, sessions: clients.sessions, logger }),
    ...createAdminImportRoutes({
      importUsers: createImportUsers({ imports: createUserImports({ pool }), now }),
      logger,
    }),
    ...createAdminOrganizationRoutes({ ...useCases, logger }),
  ])
  return { routes }
}

export type Admin = ReturnType<typeof composeAdmin>
