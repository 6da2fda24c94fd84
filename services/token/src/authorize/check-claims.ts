/**
 * Claims that are asked for one by one: unknown ones are ignored, known ones need the scope that gives them. An
 * authentication context that the client can't do without and nobody can give it is refused here.
 *
 * @see OpenID Connect Core §5.5, §5.5.1.1, Unmet Authentication Requirements 1.0
 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import { parseStrictJson } from '@latchkey/runtime/http'
import { z } from 'zod'
import { knownAcrs } from '../domain/acr.ts'
import { scopeNotAvailable } from '../domain/client-scopes.ts'
import type { ClaimsRequest } from '../domain/grant.ts'
import { scopesOfClaims } from '../domain/subject-claims.ts'
import { wantedValues } from './check-acr.ts'
import type { CheckScopeDeps } from './check-scope.ts'
import type { RuleInput } from './request.ts'

const claim = z.union([
  z.null(),
  z.object({
    essential: z.boolean().optional(),
    value: z.unknown().optional(),
    values: z.array(z.unknown()).optional(),
  }),
])
const claims = z.object({
  userinfo: z.record(z.string(), claim).optional(),
  id_token: z.record(z.string(), claim).optional(),
})

/** @throws OAuthError `invalid_request` */
export const parseClaims = (text: string): ClaimsRequest => {
  try {
    return claims.parse(parseStrictJson(Buffer.from(text))) as ClaimsRequest
  } catch (cause) {
    throw new OAuthError('invalid_request', 'claims must be an object as OpenID Connect Core §5.5 has it', {
      cause,
    })
  }
}

/** @throws OAuthError `invalid_request`, `invalid_scope`, `unmet_authentication_requirements` */
export const checkClaims = async (
  { client, parameters }: RuleInput,
  { findScopes }: CheckScopeDeps,
): Promise<ClaimsRequest | undefined> => {
  const text = findParameter(parameters, 'claims')
  if (text === undefined) return undefined
  const asked = parseClaims(text)
  // No way round the scopes that the client may have, nor to those that an operator has switched off: no page shows them.
  const needed = scopesOfClaims(asked)
  const active = needed.length === 0 ? [] : (await findScopes()).map(({ name }) => name)
  if (!needed.every(scope => client.metadata.scopes.includes(scope) && active.includes(scope)))
    throw scopeNotAvailable()
  const acr = asked.id_token?.acr
  const wanted = wantedValues(acr)
  if (acr?.essential === true && wanted.length > 0 && knownAcrs(wanted).length === 0)
    throw new OAuthError('unmet_authentication_requirements', 'No such acr can be reached')
  return asked
}

/** The one user whom `sub` asks for by value. @see OpenID Connect Core §5.5.1 */
export const subjectOfClaims = (asked: ClaimsRequest | undefined): string | undefined => {
  const value = asked?.id_token?.sub?.value
  return typeof value === 'string' ? value : undefined
}
