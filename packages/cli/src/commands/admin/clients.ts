/** `latchkey admin client …` */
import { type AdminApi, connectAdminApi } from '../../admin/admin-api.ts'
import { clientHelp, clientOptions, membersOf } from '../../admin/client-options.ts'
import { type Client, client, describeClient, describeOverlap, toldSecret } from '../../admin/clients.ts'
import { limitOf, listAll } from '../../admin/pages.ts'
import { type Command, type Invocation, UsageError } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { members, table } from '../../table.ts'
import { answerChanges, wouldText } from './changes.ts'
import { noOperands, onlyOperand, requireChange, requireYes } from './operands.ts'

const read = 'admin:clients:read'
const write = 'admin:clients:write'

const pathOf = (id: string): string => `/clients/${encodeURIComponent(id)}`

const find = async (api: AdminApi, id: string): Promise<Client> =>
  client.parse(await api.call('GET', pathOf(id)))

const create: Command = {
  name: 'admin client create',
  operands: '',
  summary: 'Makes a client, and shows its secret once',
  options: { ...clientOptions, 'client-id': { type: 'string' }, 'dry-run': { type: 'boolean' } },
  help: [
    ...clientHelp,
    '--client-id <id>                 an id of your own; a new one otherwise',
    '--dry-run                        prints what would be sent',
  ],
  run: async invocation => {
    const { options, env, answer } = invocation
    noOperands(invocation)
    if (typeof options.name !== 'string') throw new UsageError('name it with --name')
    const id = options['client-id']
    const body = { ...(await membersOf(options)), ...(id === undefined ? {} : { client_id: id }) }
    if (options['dry-run'] === true) {
      answer(body, `would make a client:\n\n${members(Object.entries(body))}`)
      return exitCodes.ok
    }
    const api = await connectAdminApi(env, write)
    const made = client.parse(await api.call('POST', '/clients', body))
    answer(made, describeClient(made))
    return exitCodes.ok
  },
}

const list: Command = {
  name: 'admin client list',
  operands: '',
  summary: 'Lists the clients, newest first',
  options: { search: { type: 'string' }, limit: { type: 'string' } },
  help: [
    '--search <text>   a part of the name or the id',
    '--limit <n>       at most so many; 1000 by default',
  ],
  run: async invocation => {
    noOperands(invocation)
    const { search } = invocation.options
    const limit = limitOf(invocation)
    const api = await connectAdminApi(invocation.env, read)
    const filters = { search: typeof search === 'string' ? search : undefined }
    const clients = await listAll(api, { path: '/clients', member: 'clients', item: client, filters, limit })
    const rows = clients.map(each => [
      each.client_id,
      each.name,
      each.client_type,
      each.active ? 'active' : 'inactive',
      each.origin,
      each.created_at.slice(0, 10),
    ])
    invocation.answer({ clients }, table(['CLIENT ID', 'NAME', 'TYPE', 'STATE', 'MADE BY', 'SINCE'], rows))
    return exitCodes.ok
  },
}

const show: Command = {
  name: 'admin client show',
  operands: '<client-id>',
  summary: 'Shows everything about a client but its secret',
  options: {},
  help: [],
  run: async invocation => {
    const id = onlyOperand(invocation, 'client')
    const api = await connectAdminApi(invocation.env, read)
    const found = await find(api, id)
    invocation.answer(found, describeClient(found))
    return exitCodes.ok
  },
}

const update: Command = {
  name: 'admin client update',
  operands: '<client-id>',
  summary: 'Changes what is named and leaves the rest; --deactivate ends every grant that users gave it',
  options: { ...clientOptions, 'dry-run': { type: 'boolean' } },
  help: [...clientHelp, '--dry-run                        prints each member before and after'],
  run: async invocation => {
    const id = onlyOperand(invocation, 'client')
    const change = await membersOf(invocation.options)
    requireChange(change, update)
    const api = await connectAdminApi(invocation.env, invocation.options['dry-run'] === true ? read : write)
    if (invocation.options['dry-run'] === true) {
      const before = await find(api, id)
      return answerChanges(invocation, { client_id: id }, before, change)
    }
    const after = client.parse(await api.call('PATCH', pathOf(id), change))
    invocation.answer(after, describeClient(after))
    return exitCodes.ok
  },
}

const overlapOf = ({ options }: Invocation): number => {
  const overlap = options['overlap-seconds'] ?? '0'
  if (typeof overlap !== 'string' || !/^\d{1,7}$/.test(overlap))
    throw new UsageError('--overlap-seconds is a number of seconds')
  return Number(overlap)
}

const regenerate: Command = {
  name: 'admin client regenerate-secret',
  operands: '<client-id>',
  summary: 'Gives a client a new secret and shows it once; the one before ends at once',
  options: { 'overlap-seconds': { type: 'string' }, 'dry-run': { type: 'boolean' } },
  help: [
    '--overlap-seconds <n>   the one before is good for so long still, so that no request fails',
    '--dry-run               shows the secrets that would end',
  ],
  run: async invocation => {
    const id = onlyOperand(invocation, 'client')
    const overlap_seconds = overlapOf(invocation)
    if (invocation.options['dry-run'] === true) {
      const { secrets } = await find(await connectAdminApi(invocation.env, read), id)
      const would = { client_id: id, overlap_seconds, secrets }
      invocation.answer({ would_regenerate: would }, wouldText('would give a new secret:', would))
      return exitCodes.ok
    }
    const api = await connectAdminApi(invocation.env, write)
    const after = client.parse(await api.call('POST', `${pathOf(id)}/regenerate-secret`, { overlap_seconds }))
    const { client_id, client_secret = '', secrets } = after
    const text = `${toldSecret(client_secret)}${describeOverlap(after)}`
    invocation.answer({ client_id, client_secret, secrets }, text)
    return exitCodes.ok
  },
}

const remove: Command = {
  name: 'admin client delete',
  operands: '<client-id>',
  summary: 'Deletes a client, its secrets and every grant that users gave it',
  options: { yes: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  help: ['--yes       without it, nothing is deleted', '--dry-run   shows what would be deleted'],
  run: async invocation => {
    const id = onlyOperand(invocation, 'client')
    if (invocation.options['dry-run'] === true) {
      const found = await find(await connectAdminApi(invocation.env, read), id)
      invocation.answer({ would_delete: found }, `would delete:\n\n${describeClient(found)}`)
      return exitCodes.ok
    }
    requireYes(invocation, 'deleting a client')
    const api = await connectAdminApi(invocation.env, write)
    await api.call('DELETE', pathOf(id))
    invocation.answer({ deleted: id }, `${id}: deleted`)
    return exitCodes.ok
  },
}

export const clientCommands: readonly Command[] = [create, list, show, update, regenerate, remove]
