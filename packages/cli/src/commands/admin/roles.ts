/** `latchkey admin role …`: roles, what they allow, and who has them. */
import { z } from 'zod'
import { connectAdminApi } from '../../admin/admin-api.ts'
import { expectRoles, findRole, type Role, role, rolePath } from '../../admin/roles.ts'
import { connectForChange, findUser, userIdOf, userPath, usersRead, usersWrite } from '../../admin/users.ts'
import { type Command, type Invocation, UsageError } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { members, table } from '../../table.ts'
import { answerChanges, wouldText } from './changes.ts'
import { defined, noOperands, onlyOperand, requireChange, requireYes, twoOperands } from './operands.ts'

const describe = (found: Role): string => members(Object.entries(found))

const options = {
  description: { type: 'string' },
  permission: { type: 'string', multiple: true },
  'require-mfa': { type: 'boolean' },
  'no-require-mfa': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const

const help = [
  '--description <text>        for operators',
  '--permission <permission>   orders:read; again for each, and all of them: others go. An empty one: none',
  '--require-mfa               only for who proves a second factor; --no-require-mfa takes that back',
  '--dry-run                   shows what would be sent, or each member before and after',
]

const membersOf = ({ options: given }: Pick<Invocation, 'options'>): Record<string, unknown> => {
  const { description, permission, 'require-mfa': on, 'no-require-mfa': off } = given
  if (on === true && off === true)
    throw new UsageError('--require-mfa and --no-require-mfa exclude each other')
  const permissions = Array.isArray(permission) ? permission.filter(each => each !== '') : undefined
  const require_mfa = on === true ? true : off === true ? false : undefined
  return defined({ description, permissions, require_mfa })
}

const create: Command = {
  name: 'admin role create',
  operands: '<name>',
  summary: 'Makes a role; its name stands in tokens and never changes',
  options: { ...options, kind: { type: 'string' } },
  help: ['--kind user|organization    of users everywhere, or of members of one organization', ...help],
  run: async invocation => {
    const name = onlyOperand(invocation, 'role')
    const body = { name, ...defined({ kind: invocation.options.kind }), ...membersOf(invocation) }
    if (invocation.options['dry-run'] === true) {
      invocation.answer(body, `would make a role:\n\n${members(Object.entries(body))}`)
      return exitCodes.ok
    }
    const api = await connectAdminApi(invocation.env, usersWrite)
    const made = role.parse(await api.call('POST', '/roles', body))
    invocation.answer(made, describe(made))
    return exitCodes.ok
  },
}

const list: Command = {
  name: 'admin role list',
  operands: '',
  summary: 'Lists the roles by name',
  options: {},
  help: [],
  run: async invocation => {
    noOperands(invocation)
    const api = await connectAdminApi(invocation.env, usersRead)
    const { roles } = z.object({ roles: z.array(role) }).parse(await api.call('GET', '/roles'))
    const rows = roles.map(each => [
      each.name,
      each.kind,
      String(each.holders),
      each.require_mfa ? 'yes' : 'no',
      each.permissions.join(' '),
    ])
    invocation.answer({ roles }, table(['NAME', 'KIND', 'HELD BY', 'MFA', 'PERMISSIONS'], rows))
    return exitCodes.ok
  },
}

const show: Command = {
  name: 'admin role show',
  operands: '<name>',
  summary: 'Shows a role and what it allows',
  options: {},
  help: [],
  run: async invocation => {
    const name = onlyOperand(invocation, 'role')
    const found = await findRole(await connectAdminApi(invocation.env, usersRead), name)
    invocation.answer(found, describe(found))
    return exitCodes.ok
  },
}

const update: Command = {
  name: 'admin role update',
  operands: '<name>',
  summary: 'Changes what is named and leaves the rest; tokens follow for everybody who has the role',
  options,
  help,
  run: async invocation => {
    const name = onlyOperand(invocation, 'role')
    const change = membersOf(invocation)
    requireChange(change, update)
    if (invocation.options['dry-run'] === true) {
      const before = await findRole(await connectAdminApi(invocation.env, usersRead), name)
      return answerChanges(invocation, { name }, before, change)
    }
    const api = await connectAdminApi(invocation.env, usersWrite)
    const after = role.parse(await api.call('PATCH', rolePath(name), change))
    invocation.answer(after, describe(after))
    return exitCodes.ok
  },
}

const remove: Command = {
  name: 'admin role delete',
  operands: '<name>',
  summary: 'Deletes a role',
  options: { yes: { type: 'boolean' }, cascade: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  help: [
    '--yes       without it, nothing is deleted',
    '--cascade   takes it from everybody who has it; without it, a role that somebody has stays',
    '--dry-run   shows what would be deleted, and how many have it',
  ],
  run: async invocation => {
    const name = onlyOperand(invocation, 'role')
    if (invocation.options['dry-run'] === true) {
      const found = await findRole(await connectAdminApi(invocation.env, usersRead), name)
      invocation.answer({ would_delete: found }, `would delete:\n\n${describe(found)}`)
      return exitCodes.ok
    }
    requireYes(invocation, 'deleting a role')
    const api = await connectAdminApi(invocation.env, usersWrite)
    const cascade = invocation.options.cascade === true ? '?cascade=true' : ''
    await api.call('DELETE', `${rolePath(name)}${cascade}`)
    invocation.answer({ deleted: name }, `${name}: deleted`)
    return exitCodes.ok
  },
}

interface Assignment {
  readonly word: 'assign' | 'revoke'
  readonly method: string
  readonly summary: string
  /** Goes on from the user: `has the role`. */
  readonly done: string
  /** Goes on from the user: `would have the role`. */
  readonly would: string
}

const toAssignment = ({ word, method, summary, done, would }: Assignment): Command => ({
  name: `admin role ${word}`,
  operands: '<name> <user>',
  summary,
  options: { 'dry-run': { type: 'boolean' } },
  help: ['--dry-run   shows which roles the user has, and changes nothing'],
  run: async invocation => {
    const [name, operand] = twoOperands(invocation, 'a role and a user')
    if (invocation.options['dry-run'] === true) {
      const api = await connectAdminApi(invocation.env, usersRead)
      await expectRoles(api, [name], 'user')
      const { id } = await findUser(api, operand)
      const roles = await api.call('GET', `${userPath(id)}/roles`)
      const value = { would: word, role: name, ...Object(roles) }
      invocation.answer(value, wouldText(`${operand}: ${would} ${name}`, { ...Object(roles) }))
      return exitCodes.ok
    }
    const api = await connectForChange(invocation.env, [operand])
    const id = await userIdOf(api, operand)
    await api.call(method, `${userPath(id)}${rolePath(name)}`)
    invocation.answer({ user_id: id, role: name, done: word }, `${operand}: ${done} ${name}`)
    return exitCodes.ok
  },
})

export const roleCommands: readonly Command[] = [
  create,
  list,
  show,
  update,
  remove,
  toAssignment({
    word: 'assign',
    method: 'PUT',
    summary: 'Gives a role to a user, named by id or address',
    done: 'has the role',
    would: 'would have the role',
  }),
  toAssignment({
    word: 'revoke',
    method: 'DELETE',
    summary: 'Takes a role from a user',
    done: 'has no more the role',
    would: 'would have no more the role',
  }),
]
