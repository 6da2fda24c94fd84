/**
 * Every command of `latchkey`, in the order of the help. A new one is a file here and a line below; those of
 * operators go to `admin/`, a file for each object they work on.
 */
import type { Command } from '../command.ts'
import { clientCommands } from './admin/clients.ts'
import { organizationInvitationCommands } from './admin/organization-invitations.ts'
import { organizationMemberCommands } from './admin/organization-members.ts'
import { organizationCommands } from './admin/organizations.ts'
import { roleCommands } from './admin/roles.ts'
import { scopeCommands } from './admin/scopes.ts'
import { sessionCommands } from './admin/sessions.ts'
import { statusCommand } from './admin/status.ts'
import { userActionCommands } from './admin/user-actions.ts'
import { userCommands } from './admin/users.ts'
import { certsDev } from './certs-dev.ts'
import { createCompletionCommand } from './completion.ts'
import { importCommand } from './import.ts'
import { initCommand } from './init.ts'
import { migrateCommand } from './migrate.ts'
import { provisionCommand } from './provision.ts'
import { tokenCommands } from './token.ts'
import { versionCommand } from './version.ts'

export const commands: readonly Command[] = [
  statusCommand,
  ...clientCommands,
  ...scopeCommands,
  ...userCommands,
  ...userActionCommands,
  ...roleCommands,
  ...organizationCommands,
  ...organizationMemberCommands,
  ...organizationInvitationCommands,
  ...sessionCommands,
  ...tokenCommands,
  importCommand,
  initCommand,
  provisionCommand,
  migrateCommand,
  certsDev,
  createCompletionCommand(() => commands),
  versionCommand,
]
