/**
 * In which organization the user is to act, by its id or its slug. Whether they belong to it is asked once they are known.
 * The parameter is no standard's; Auth0, Logto and their libraries call it so.
 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import { organizationScope } from '../domain/authority.ts'
import type { RuleInput } from './request.ts'

const longestName = 64

/** @throws OAuthError `invalid_request` */
export const checkOrganization = (
  { parameters }: RuleInput,
  scopes: readonly string[],
): string | undefined => {
  const wanted = findParameter(parameters, 'organization')
  if (wanted === undefined) return undefined
  // Silence would look like tokens for the organization.
  if (!scopes.includes(organizationScope))
    throw new OAuthError('invalid_request', 'organization is of use with the scope organization alone')
  if (wanted.length > longestName)
    throw new OAuthError('invalid_request', 'organization must be the id or the slug of an organization')
  return wanted
}
