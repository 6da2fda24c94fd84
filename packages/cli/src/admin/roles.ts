/** Roles of the admin API, named by their names: of users, or of members of an organization. */
import { z } from 'zod'
import { CommandFailed } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { AdminApi } from './admin-api.ts'

export const role = z.looseObject({
  name: z.string(),
  kind: z.string(),
  description: z.string(),
  permissions: z.array(z.string()),
  require_mfa: z.boolean(),
  holders: z.number(),
})

export type Role = z.output<typeof role>

export const rolePath = (name: string): string => `/roles/${encodeURIComponent(name)}`

/** @throws CommandFailed with exit code 5 where there is none */
export const findRole = async (api: AdminApi, name: string): Promise<Role> =>
  role.parse(await api.call('GET', rolePath(name)))

/** Before a dry run says that somebody would have them. @throws CommandFailed with exit code 5 */
export const expectRoles = async (
  api: AdminApi,
  names: readonly string[],
  kind: 'user' | 'organization',
): Promise<void> => {
  for (const name of names) {
    const found = await findRole(api, name)
    if (found.kind !== kind)
      throw new CommandFailed(`${name} is a role of kind ${found.kind}, not ${kind}`, exitCodes.notFound)
  }
}
