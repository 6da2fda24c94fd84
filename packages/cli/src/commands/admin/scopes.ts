/** `latchkey admin scope …` */
import { z } from 'zod'
import { type AdminApi, connectAdminApi } from '../../admin/admin-api.ts'
import { type Command, type Invocation, UsageError } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { members, table } from '../../table.ts'
import { answerChanges, wouldText } from './changes.ts'
import { noOperands, onlyOperand, requireChange, requireYes } from './operands.ts'

const scope = z.object({
  name: z.string(),
  description: z.string(),
  is_default: z.boolean(),
  active: z.boolean(),
  built_in: z.boolean(),
})

const defaultScopes = z.object({ scopes: z.array(z.string()) })

type Scope = z.output<typeof scope>

const read = 'admin:scopes:read'
const write = 'admin:scopes:write'

const pathOf = (name: string): string => `/scopes/${encodeURIComponent(name)}`

const find = async (api: AdminApi, name: string): Promise<Scope> =>
  scope.parse(await api.call('GET', pathOf(name)))

const listDefaults = async (api: AdminApi): Promise<string[]> =>
  defaultScopes.parse(await api.call('GET', '/default-scopes')).scopes

const describe = (found: Scope): string => members(Object.entries(found))

const either = (
  options: Invocation['options'],
  [yes, no]: readonly [string, string],
  member: string,
): Readonly<Record<string, boolean>> => {
  if (options[yes] === true && options[no] === true) throw new UsageError(`choose --${yes} or --${no}`)
  if (options[yes] === true) return { [member]: true }
  return options[no] === true ? { [member]: false } : {}
}

const describedBy = ({ description }: Invocation['options']) =>
  typeof description === 'string' ? { description } : {}

const create: Command = {
  name: 'admin scope create',
  operands: '[name]',
  summary: 'Makes a scope that clients can be given',
  options: {
    name: { type: 'string' },
    description: { type: 'string' },
    default: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  help: [
    '--name <name>          the same as the operand',
    '--description <text>   what users are asked',
    '--default              given where a request names no scope',
    '--dry-run              prints what would be sent',
  ],
  run: async invocation => {
    const { operands, options, env, answer } = invocation
    const name =
      typeof options.name === 'string' && operands.length === 0
        ? options.name
        : onlyOperand(invocation, 'scope')
    const body = { name, ...describedBy(options), is_default: options.default === true }
    if (options['dry-run'] === true) {
      answer(body, wouldText('would make a scope:', body))
      return exitCodes.ok
    }
    const api = await connectAdminApi(env, write)
    const made = scope.parse(await api.call('POST', '/scopes', body))
    answer(made, describe(made))
    return exitCodes.ok
  },
}

const list: Command = {
  name: 'admin scope list',
  operands: '',
  summary: 'Lists the scopes',
  options: {},
  help: [],
  run: async invocation => {
    noOperands(invocation)
    const api = await connectAdminApi(invocation.env, read)
    const { scopes } = z.object({ scopes: z.array(scope) }).parse(await api.call('GET', '/scopes'))
    const rows = scopes.map(each => [
      each.name,
      each.active ? 'active' : 'inactive',
      each.is_default ? 'default' : '',
      each.built_in ? 'built in' : '',
      each.description,
    ])
    invocation.answer({ scopes }, table(['SCOPE', 'STATE', 'DEFAULT', 'ORIGIN', 'DESCRIPTION'], rows))
    return exitCodes.ok
  },
}

const show: Command = {
  name: 'admin scope show',
  operands: '<name>',
  summary: 'Shows a scope',
  options: {},
  help: [],
  run: async invocation => {
    const name = onlyOperand(invocation, 'scope')
    const api = await connectAdminApi(invocation.env, read)
    const found = await find(api, name)
    invocation.answer(found, describe(found))
    return exitCodes.ok
  },
}

const update: Command = {
  name: 'admin scope update',
  operands: '<name>',
  summary: 'Changes what is named and leaves the rest; nobody is given an inactive scope',
  options: {
    description: { type: 'string' },
    default: { type: 'boolean' },
    'not-default': { type: 'boolean' },
    activate: { type: 'boolean' },
    deactivate: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  help: [
    '--description <text>       what users are asked',
    '--default, --not-default   whether it is given where a request names no scope',
    '--activate, --deactivate   whether it can be asked for',
    '--dry-run                  prints each member before and after',
  ],
  run: async invocation => {
    const name = onlyOperand(invocation, 'scope')
    const { options } = invocation
    const change = {
      ...describedBy(options),
      ...either(options, ['default', 'not-default'], 'is_default'),
      ...either(options, ['activate', 'deactivate'], 'active'),
    }
    requireChange(change, update)
    if (options['dry-run'] === true) {
      const before = await find(await connectAdminApi(invocation.env, read), name)
      return answerChanges(invocation, { name }, before, change)
    }
    const api = await connectAdminApi(invocation.env, write)
    const after = scope.parse(await api.call('PATCH', pathOf(name), change))
    invocation.answer(after, describe(after))
    return exitCodes.ok
  },
}

const remove: Command = {
  name: 'admin scope delete',
  operands: '<name>',
  summary: 'Deletes a scope, and takes it from every client that has it',
  options: { yes: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  help: ['--yes       without it, nothing is deleted', '--dry-run   shows what would be deleted'],
  run: async invocation => {
    const name = onlyOperand(invocation, 'scope')
    if (invocation.options['dry-run'] === true) {
      const found = await find(await connectAdminApi(invocation.env, read), name)
      invocation.answer({ would_delete: found }, wouldText('would delete:', found))
      return exitCodes.ok
    }
    requireYes(invocation, 'deleting a scope')
    const api = await connectAdminApi(invocation.env, write)
    await api.call('DELETE', pathOf(name))
    invocation.answer({ deleted: name }, `${name}: deleted`)
    return exitCodes.ok
  },
}

const defaults: Command = {
  name: 'admin scope defaults',
  operands: '[name…]',
  summary: 'Shows the scopes that are given where a request names none, or makes these the defaults',
  options: { none: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  help: ['--none      no scope is a default', '--dry-run   prints them before and after'],
  run: async invocation => {
    const { operands, options, env, answer } = invocation
    if (options.none === true && operands.length > 0) throw new UsageError('--none leaves no names')
    const changes = operands.length > 0 || options.none === true
    if (changes && options['dry-run'] === true) {
      const api = await connectAdminApi(env, read)
      for (const name of operands) await find(api, name)
      const before = { scopes: await listDefaults(api) }
      return answerChanges(invocation, {}, before, { scopes: operands })
    }
    const api = await connectAdminApi(env, changes ? write : read)
    const scopes = changes
      ? defaultScopes.parse(await api.call('PUT', '/default-scopes', { scopes: operands })).scopes
      : await listDefaults(api)
    answer(
      { scopes },
      table(
        ['DEFAULT SCOPES'],
        scopes.map(name => [name]),
      ),
    )
    return exitCodes.ok
  },
}

export const scopeCommands: readonly Command[] = [create, list, show, update, remove, defaults]
