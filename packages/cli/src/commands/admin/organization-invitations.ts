/** `latchkey admin org invitations|withdraw-invitation`: who was invited into an organization and has not come yet. */
import { z } from 'zod'
import { type AdminApi, connectAdminApi } from '../../admin/admin-api.ts'
import { findOrganization, organizationPath } from '../../admin/organizations.ts'
import { usersRead, usersWrite } from '../../admin/users.ts'
import { type Command, CommandFailed } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { table } from '../../table.ts'
import { wouldText } from './changes.ts'
import { onlyOperand, twoOperands } from './operands.ts'

const invitation = z.looseObject({
  id: z.string(),
  email: z.string(),
  roles: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string(),
})

const invitationsPath = (organizationId: string): string => `${organizationPath(organizationId)}/invitations`

const listOpen = async (api: AdminApi, organizationId: string) => {
  const answer = await api.call('GET', invitationsPath(organizationId))
  return z.object({ invitations: z.array(invitation) }).parse(answer).invitations
}

const list: Command = {
  name: 'admin org invitations',
  operands: '<organization>',
  summary: 'Lists the open invitations of an organization, latest first',
  options: {},
  help: [],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'organization')
    const api = await connectAdminApi(invocation.env, usersRead)
    const { id } = await findOrganization(api, operand)
    const invitations = await listOpen(api, id)
    const rows = invitations.map(each => [
      each.id,
      each.email,
      each.roles.join(' '),
      each.created_at,
      each.expires_at,
    ])
    const text = table(['INVITATION ID', 'EMAIL', 'ROLES', 'INVITED', 'UNTIL'], rows)
    invocation.answer({ invitations }, text)
    return exitCodes.ok
  },
}

const withdraw: Command = {
  name: 'admin org withdraw-invitation',
  operands: '<organization> <invitation>',
  summary: 'Withdraws an open invitation, named by id or address: its link does not work any more',
  options: { 'dry-run': { type: 'boolean' } },
  help: ['--dry-run   shows what would be withdrawn'],
  run: async invocation => {
    const [operand, wanted] = twoOperands(invocation, 'an organization and an invitation')
    const isDry = invocation.options['dry-run'] === true
    const api = await connectAdminApi(invocation.env, isDry ? usersRead : `${usersRead} ${usersWrite}`)
    const { id: organizationId } = await findOrganization(api, operand)
    const name = wanted.toLowerCase()
    const found = (await listOpen(api, organizationId)).find(
      ({ id, email }) => id === name || email.toLowerCase() === name,
    )
    if (found === undefined)
      throw new CommandFailed(`${operand} has no open invitation ${wanted}`, exitCodes.notFound)
    const { id, email } = found
    const value = { organization_id: organizationId, id, email }
    if (isDry) {
      const text = wouldText(`${email}: would be no more invited to ${operand}`, value)
      invocation.answer({ would: 'withdraw-invitation', ...value }, text)
      return exitCodes.ok
    }
    await api.call('DELETE', `${invitationsPath(organizationId)}/${encodeURIComponent(id)}`)
    invocation.answer({ ...value, done: 'withdraw-invitation' }, `${email}: no more invited to ${operand}`)
    return exitCodes.ok
  },
}

export const organizationInvitationCommands: readonly Command[] = [list, withdraw]
