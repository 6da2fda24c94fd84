/** A route below an organization, whatever path that has: one for operators, one for owners. Here it only matters who asks. */
import { pathParameter, type Request, type Response, type Route } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import { z } from 'zod'
import type { OrganizationId } from '../domain/ids.ts'
import type { Actor } from '../domain/organization.ts'
import { parseRoleName, rolesPerUser } from '../domain/role.ts'
import { organizationRefusals } from './organization-refusals.ts'
import { checkedBy } from './schemas.ts'

export interface OrganizationRoute extends Pick<Route, 'method'> {
  /** Below the organization's own path. */
  readonly path: string
  readonly writes: boolean
  /** @param by who asks, for the log */
  readonly handler: (req: Request, res: Response, actor: Actor, by: object) => Promise<void>
}

/** All that a member has, or is to have. */
export const memberRoles = z
  .array(z.string({ error: 'must be text' }).transform(checkedBy(parseRoleName)), { error: 'must be a list' })
  .max(rolesPerUser, `must have at most ${rolesPerUser} entries`)
  .transform(list => [...new Set(list)])
  .default([])

/** @throws Problem 404: nobody has an organization of an id that is none */
export const organizationIdOf = (req: Request): OrganizationId => {
  const id = pathParameter(req, 'id')
  if (!isUuid(id)) throw organizationRefusals.unknown()
  return id.toLowerCase() as OrganizationId
}
