/** `latchkey admin org add-member|remove-member|members|invite`: who belongs to an organization. */
import { z } from 'zod'
import { type AdminApi, connectAdminApi } from '../../admin/admin-api.ts'
import { findOrganization, organizationPath } from '../../admin/organizations.ts'
import { limitOf, listAll } from '../../admin/pages.ts'
import { expectRoles } from '../../admin/roles.ts'
import { findUser, userIdOf, usersRead, usersWrite } from '../../admin/users.ts'
import { type Command, CommandFailed, type Invocation } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { table } from '../../table.ts'
import { wouldText } from './changes.ts'
import { defined, onlyOperand, twoOperands } from './operands.ts'

const member = z.looseObject({
  user: z.object({ id: z.string(), email: z.string(), name: z.string() }),
  roles: z.array(z.string()),
  joined_at: z.string(),
})

const both = `${usersRead} ${usersWrite}`
const role = { type: 'string', multiple: true } as const
const roleHelp = '--role <role>   a role of organizations, such as owner; again for each'
const dryRunHelp = '--dry-run       shows what would be sent'

const rolesOf = ({ options }: Pick<Invocation, 'options'>): string[] =>
  Array.isArray(options.role) ? options.role.map(String) : []

const membersOf = (api: AdminApi, id: string, limit = Number.POSITIVE_INFINITY) =>
  listAll(api, {
    path: `${organizationPath(id)}/members`,
    member: 'members',
    item: member,
    filters: {},
    limit,
  })

const list: Command = {
  name: 'admin org members',
  operands: '<organization>',
  summary: 'Lists the members of an organization with their roles in it, latest first',
  options: { limit: { type: 'string' } },
  help: ['--limit <n>   at most so many; 1000 by default'],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'organization')
    const limit = limitOf(invocation)
    const api = await connectAdminApi(invocation.env, usersRead)
    const { id } = await findOrganization(api, operand)
    const found = await membersOf(api, id, limit)
    const rows = found.map(({ user, roles, joined_at }) => [
      user.id,
      user.email,
      user.name,
      roles.join(' '),
      joined_at.slice(0, 10),
    ])
    invocation.answer({ members: found }, table(['USER ID', 'EMAIL', 'NAME', 'ROLES', 'SINCE'], rows))
    return exitCodes.ok
  },
}

const add: Command = {
  name: 'admin org add-member',
  operands: '<organization> <user>',
  summary:
    'Makes a user a member with the roles that are named, and no others; of a member, changes the roles',
  options: { role, 'dry-run': { type: 'boolean' } },
  help: [roleHelp, dryRunHelp],
  run: async invocation => {
    const [operand, userOperand] = twoOperands(invocation, 'an organization and a user')
    const isDry = invocation.options['dry-run'] === true
    const api = await connectAdminApi(invocation.env, isDry ? usersRead : both)
    const { id } = await findOrganization(api, operand)
    const userId = isDry ? (await findUser(api, userOperand)).id : await userIdOf(api, userOperand)
    const value = { organization_id: id, user_id: userId, roles: rolesOf(invocation) }
    if (isDry) {
      await expectRoles(api, value.roles, 'organization')
      const text = wouldText(`${userOperand}: would be a member of ${operand}`, value)
      invocation.answer({ would: 'add-member', ...value }, text)
      return exitCodes.ok
    }
    const path = `${organizationPath(id)}/members/${encodeURIComponent(userId)}`
    await api.call('PUT', path, { roles: value.roles })
    invocation.answer(value, `${userOperand}: member of ${operand}`)
    return exitCodes.ok
  },
}

const remove: Command = {
  name: 'admin org remove-member',
  operands: '<organization> <user>',
  summary: 'Takes a user out of an organization; the account stays',
  options: { 'dry-run': { type: 'boolean' } },
  help: [dryRunHelp],
  run: async invocation => {
    const [operand, userOperand] = twoOperands(invocation, 'an organization and a user')
    const isDry = invocation.options['dry-run'] === true
    const api = await connectAdminApi(invocation.env, isDry ? usersRead : both)
    const { id } = await findOrganization(api, operand)
    const userId = await userIdOf(api, userOperand)
    const value = { organization_id: id, user_id: userId }
    if (isDry) {
      if (!(await membersOf(api, id)).some(({ user }) => user.id === userId))
        throw new CommandFailed(`${userOperand} is no member of ${operand}`, exitCodes.notFound)
      const text = wouldText(`${userOperand}: would be no more a member of ${operand}`, value)
      invocation.answer({ would: 'remove-member', ...value }, text)
      return exitCodes.ok
    }
    await api.call('DELETE', `${organizationPath(id)}/members/${encodeURIComponent(userId)}`)
    invocation.answer({ ...value, done: 'remove-member' }, `${userOperand}: no more a member of ${operand}`)
    return exitCodes.ok
  },
}

const invite: Command = {
  name: 'admin org invite',
  operands: '<organization> <address>',
  summary: 'Invites an address by mail; the link is good for 7 days, once, for the account of that address',
  options: { role, locale: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  help: [roleHelp, '--locale <tag>  the language of the mail: en, de, fr', dryRunHelp],
  run: async invocation => {
    const [operand, email] = twoOperands(invocation, 'an organization and an address')
    const isDry = invocation.options['dry-run'] === true
    const api = await connectAdminApi(invocation.env, isDry ? usersRead : both)
    const { id } = await findOrganization(api, operand)
    const body = defined({ email, roles: rolesOf(invocation), locale: invocation.options.locale })
    if (isDry) {
      await expectRoles(api, rolesOf(invocation), 'organization')
      const value = { organization_id: id, ...body }
      const text = wouldText(`${email}: would be invited to ${operand}`, value)
      invocation.answer({ would: 'invite', ...value }, text)
      return exitCodes.ok
    }
    const made = await api.call('POST', `${organizationPath(id)}/invitations`, body)
    invocation.answer(made, `${email}: invited to ${operand}`)
    return exitCodes.ok
  },
}

export const organizationMemberCommands: readonly Command[] = [list, add, remove, invite]
