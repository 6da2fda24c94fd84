/** `latchkey admin user …`: accounts as they are made, found, changed and deleted. */
import { connectAdminApi } from '../../admin/admin-api.ts'
import { jsonObjectOf, secretFileOf } from '../../admin/json-option.ts'
import { limitOf, listAll } from '../../admin/pages.ts'
import {
  connectForChange,
  findUser,
  stateOf,
  type User,
  user,
  userIdOf,
  userPath,
  usersRead,
  usersWrite,
} from '../../admin/users.ts'
import { type Command, type Invocation, UsageError } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { members, table } from '../../table.ts'
import { answerChanges } from './changes.ts'
import { defined, noOperands, onlyOperand, requireChange, requireYes } from './operands.ts'

const describe = (found: User): string => members(Object.entries(found))

const create: Command = {
  name: 'admin user create',
  operands: '',
  summary: 'Makes an account; without a password, its owner chooses one by a reset mail',
  options: {
    email: { type: 'string' },
    name: { type: 'string' },
    metadata: { type: 'string' },
    'password-file': { type: 'string' },
    'email-verified': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  help: [
    '--email <address>        required',
    '--name <name>            required',
    '--password-file <path>   a file that holds the password, - for standard input',
    '--email-verified         the address is known to be the user’s',
    '--metadata <json>        an object',
    '--dry-run                prints what would be sent, but for the password',
  ],
  run: async invocation => {
    const { options, env, answer } = invocation
    noOperands(invocation)
    const { email, name } = options
    if (email === undefined || name === undefined) throw new UsageError('say --email and --name')
    const metadata = jsonObjectOf('metadata', options.metadata)
    const body = defined({ email, name, metadata, email_verified: options['email-verified'] })
    if (options['dry-run'] === true) {
      answer(body, `would make a user:\n\n${members(Object.entries(body))}`)
      return exitCodes.ok
    }
    const password = await secretFileOf(options['password-file'])
    const api = await connectAdminApi(env, usersWrite)
    const made = user.parse(await api.call('POST', '/users', defined({ ...body, password })))
    answer(made, describe(made))
    return exitCodes.ok
  },
}

const textOf = (value: Invocation['options'][string]): string | undefined =>
  typeof value === 'string' ? value : undefined

const list: Command = {
  name: 'admin user list',
  operands: '',
  summary: 'Lists the users, newest first',
  options: { search: { type: 'string' }, state: { type: 'string' }, limit: { type: 'string' } },
  help: [
    '--search <text>   how the address begins',
    '--state <state>   active, disabled, locked or unverified',
    '--limit <n>       at most so many; 1000 by default',
  ],
  run: async invocation => {
    noOperands(invocation)
    const { search, state } = invocation.options
    const limit = limitOf(invocation)
    const api = await connectAdminApi(invocation.env, usersRead)
    const filters = { search: textOf(search), state: textOf(state) }
    const users = await listAll(api, { path: '/users', member: 'users', item: user, filters, limit })
    const rows = users.map(each => [
      each.id,
      each.email,
      each.name,
      stateOf(each),
      each.created_at.slice(0, 10),
    ])
    invocation.answer({ users }, table(['USER ID', 'EMAIL', 'NAME', 'STATE', 'SINCE'], rows))
    return exitCodes.ok
  },
}

const show: Command = {
  name: 'admin user show',
  operands: '<user>',
  summary: 'Shows a user, named by id or address',
  options: {},
  help: [],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'user')
    const found = await findUser(await connectAdminApi(invocation.env, usersRead), operand)
    invocation.answer(found, describe(found))
    return exitCodes.ok
  },
}

const update: Command = {
  name: 'admin user update',
  operands: '<user>',
  summary: 'Changes what is named and leaves the rest',
  options: { name: { type: 'string' }, metadata: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  help: [
    '--name <name>       what the user is called',
    '--metadata <json>   an object that takes the place of the present one',
    '--dry-run           prints each member before and after',
  ],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'user')
    const { name, metadata } = invocation.options
    const change = defined({ name, metadata: jsonObjectOf('metadata', metadata) })
    requireChange(change, update)
    if (invocation.options['dry-run'] === true) {
      const before = await findUser(await connectAdminApi(invocation.env, usersRead), operand)
      return answerChanges(invocation, { id: before.id }, before, change)
    }
    const api = await connectForChange(invocation.env, [operand])
    const after = user.parse(await api.call('PATCH', userPath(await userIdOf(api, operand)), change))
    invocation.answer(after, describe(after))
    return exitCodes.ok
  },
}

const remove: Command = {
  name: 'admin user delete',
  operands: '<user>',
  summary: 'Deletes an account, its sessions and everything that was granted by it',
  options: { yes: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  help: ['--yes       without it, nothing is deleted', '--dry-run   shows who would be deleted'],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'user')
    if (invocation.options['dry-run'] === true) {
      const found = await findUser(await connectAdminApi(invocation.env, usersRead), operand)
      invocation.answer({ would_delete: found }, `would delete:\n\n${describe(found)}`)
      return exitCodes.ok
    }
    requireYes(invocation, 'deleting a user')
    const api = await connectForChange(invocation.env, [operand])
    const id = await userIdOf(api, operand)
    await api.call('DELETE', userPath(id))
    invocation.answer({ deleted: id }, `${operand}: deleted`)
    return exitCodes.ok
  },
}

export const userCommands: readonly Command[] = [create, list, show, update, remove]
