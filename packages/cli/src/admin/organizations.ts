/** Organizations of the admin API, named by their id or by their slug. */
import { z } from 'zod'
import { CommandFailed } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { AdminApi } from './admin-api.ts'

export const organization = z.looseObject({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  members: z.number(),
  created_at: z.string(),
})

export type Organization = z.output<typeof organization>

export const organizationPath = (id: string): string => `/organizations/${encodeURIComponent(id)}`

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** @throws CommandFailed with exit code 5 where there is none */
export const findOrganization = async (api: AdminApi, operand: string): Promise<Organization> => {
  if (uuidForm.test(operand)) return organization.parse(await api.call('GET', organizationPath(operand)))
  const query = new URLSearchParams({ slug: operand })
  const answer = await api.call('GET', `/organizations?${query}`)
  const [found] = z.object({ organizations: z.array(organization) }).parse(answer).organizations
  if (found === undefined)
    throw new CommandFailed(`no organization has the slug ${operand}`, exitCodes.notFound)
  return found
}
