/** Users of the admin API, named by their id or by their address. */
import { z } from 'zod'
import { CommandFailed } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { type AdminApi, connectAdminApi } from './admin-api.ts'

export const user = z.looseObject({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  email_verified: z.boolean(),
  disabled: z.boolean(),
  locked_until: z.string().nullable(),
  created_at: z.string(),
})

export type User = z.output<typeof user>

export const usersRead = 'admin:users:read'
export const usersWrite = 'admin:users:write'

export const userPath = (id: string): string => `/users/${encodeURIComponent(id)}`

const isAddress = (operand: string): boolean => operand.includes('@')

/** @throws CommandFailed with exit code 5 where there is none */
export const findUser = async (api: AdminApi, operand: string): Promise<User> => {
  if (!isAddress(operand)) return user.parse(await api.call('GET', userPath(operand)))
  const query = new URLSearchParams({ email: operand })
  const { users } = z.object({ users: z.array(user) }).parse(await api.call('GET', `/users?${query}`))
  const [found] = users
  if (found === undefined) throw new CommandFailed(`no user has the address ${operand}`, exitCodes.notFound)
  return found
}

/** The id that an operand means; an id itself is not looked up. */
export const userIdOf = async (api: AdminApi, operand: string): Promise<string> =>
  isAddress(operand) ? (await findUser(api, operand)).id : operand

/** Signs in for a change; finding somebody by their address takes reading, too. */
export const connectForChange = (
  env: Parameters<typeof connectAdminApi>[0],
  operands: readonly string[],
): Promise<AdminApi> =>
  connectAdminApi(env, operands.some(isAddress) ? `${usersRead} ${usersWrite}` : usersWrite)

export const stateOf = ({ disabled, locked_until, email_verified }: User): string => {
  if (disabled) return 'disabled'
  if (locked_until !== null) return 'locked'
  return email_verified ? 'active' : 'unverified'
}
