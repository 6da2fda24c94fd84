/** `latchkey admin org create|list|show|update|delete`: organizations, named by id or slug. */
import { connectAdminApi } from '../../admin/admin-api.ts'
import { jsonObjectOf } from '../../admin/json-option.ts'
import {
  findOrganization,
  type Organization,
  organization,
  organizationPath,
} from '../../admin/organizations.ts'
import { limitOf, listAll } from '../../admin/pages.ts'
import { usersRead, usersWrite } from '../../admin/users.ts'
import { type Command, UsageError } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { members, table } from '../../table.ts'
import { answerChanges } from './changes.ts'
import { defined, noOperands, onlyOperand, requireChange, requireYes } from './operands.ts'

const describe = (found: Organization): string => members(Object.entries(found))

const both = `${usersRead} ${usersWrite}`

const create: Command = {
  name: 'admin org create',
  operands: '<slug>',
  summary: 'Makes an organization; the slug is its name in requests',
  options: { name: { type: 'string' }, metadata: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  help: [
    '--name <name>       required; stands in mails and tokens',
    '--metadata <json>   an object',
    '--dry-run           prints what would be sent',
  ],
  run: async invocation => {
    const slug = onlyOperand(invocation, 'slug')
    const { name, metadata } = invocation.options
    if (name === undefined) throw new UsageError('name it with --name')
    const body = defined({ slug, name, metadata: jsonObjectOf('metadata', metadata) })
    if (invocation.options['dry-run'] === true) {
      invocation.answer(body, `would make an organization:\n\n${members(Object.entries(body))}`)
      return exitCodes.ok
    }
    const api = await connectAdminApi(invocation.env, usersWrite)
    const made = organization.parse(await api.call('POST', '/organizations', body))
    invocation.answer(made, describe(made))
    return exitCodes.ok
  },
}

const list: Command = {
  name: 'admin org list',
  operands: '',
  summary: 'Lists the organizations, newest first',
  options: { search: { type: 'string' }, limit: { type: 'string' } },
  help: [
    '--search <text>   a part of the name or the slug',
    '--limit <n>       at most so many; 1000 by default',
  ],
  run: async invocation => {
    noOperands(invocation)
    const { search } = invocation.options
    const limit = limitOf(invocation)
    const api = await connectAdminApi(invocation.env, usersRead)
    const organizations = await listAll(api, {
      path: '/organizations',
      member: 'organizations',
      item: organization,
      filters: { search: typeof search === 'string' ? search : undefined },
      limit,
    })
    const rows = organizations.map(each => [
      each.id,
      each.slug,
      each.name,
      String(each.members),
      each.created_at.slice(0, 10),
    ])
    const text = table(['ORGANIZATION ID', 'SLUG', 'NAME', 'MEMBERS', 'SINCE'], rows)
    invocation.answer({ organizations }, text)
    return exitCodes.ok
  },
}

const show: Command = {
  name: 'admin org show',
  operands: '<organization>',
  summary: 'Shows an organization, named by id or slug',
  options: {},
  help: [],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'organization')
    const found = await findOrganization(await connectAdminApi(invocation.env, usersRead), operand)
    invocation.answer(found, describe(found))
    return exitCodes.ok
  },
}

const update: Command = {
  name: 'admin org update',
  operands: '<organization>',
  summary: 'Changes what is named and leaves the rest; tokens of members follow',
  options: {
    slug: { type: 'string' },
    name: { type: 'string' },
    metadata: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  help: [
    '--slug <slug>       its name in requests; applications that send the old one are refused then',
    '--name <name>       its name for people',
    '--metadata <json>   an object that takes the place of the present one',
    '--dry-run           prints each member before and after',
  ],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'organization')
    const { slug, name, metadata } = invocation.options
    const change = defined({ slug, name, metadata: jsonObjectOf('metadata', metadata) })
    requireChange(change, update)
    const isDry = invocation.options['dry-run'] === true
    const api = await connectAdminApi(invocation.env, isDry ? usersRead : both)
    const before = await findOrganization(api, operand)
    if (isDry) return answerChanges(invocation, { id: before.id }, before, change)
    const after = organization.parse(await api.call('PATCH', organizationPath(before.id), change))
    invocation.answer(after, describe(after))
    return exitCodes.ok
  },
}

const remove: Command = {
  name: 'admin org delete',
  operands: '<organization>',
  summary: 'Deletes an organization with its memberships and invitations; the accounts stay',
  options: { yes: { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  help: ['--yes       without it, nothing is deleted', '--dry-run   shows what would be deleted'],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'organization')
    if (invocation.options['dry-run'] === true) {
      const found = await findOrganization(await connectAdminApi(invocation.env, usersRead), operand)
      invocation.answer({ would_delete: found }, `would delete:\n\n${describe(found)}`)
      return exitCodes.ok
    }
    requireYes(invocation, 'deleting an organization')
    const api = await connectAdminApi(invocation.env, both)
    const { id } = await findOrganization(api, operand)
    await api.call('DELETE', organizationPath(id))
    invocation.answer({ deleted: id }, `${operand}: deleted`)
    return exitCodes.ok
  },
}

export const organizationCommands: readonly Command[] = [create, list, show, update, remove]
