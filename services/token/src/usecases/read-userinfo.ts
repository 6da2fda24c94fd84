/**
 * What the bearer of an access token may know about its subject: by the scope, and by what the `claims` parameter asked
 * for. Answered from the snapshot, so that identity need not be up. @see OpenID Connect Core §5.3
 */
import { OAuthError } from '@latchkey/oauth'
import { isUuid } from '@latchkey/runtime/ids'
import type { AccessTokenClaims } from '../domain/access-token.ts'
import { organizationClaims } from '../domain/authority.ts'
import { bearerChallenge } from '../domain/bearer-challenge.ts'
import type { Client } from '../domain/client.ts'
import type { OrganizationId, UserId } from '../domain/ids.ts'
import {
  type KnownSubject,
  namesOfScope,
  namesOfUserinfoClaims,
  type SubjectClaims,
  subjectClaims,
} from '../domain/subject-claims.ts'
import type { SignResponse } from '../keys/response-signer.ts'
import type { AuthenticateBearer, BearerRequest } from './authenticate-bearer.ts'

export type Userinfo =
  | { readonly format: 'json'; readonly body: SubjectClaims & { readonly sub: string } }
  | { readonly format: 'jwt'; readonly body: string }

export interface ReadUserinfoDeps {
  /** @throws OAuthError with its challenge */
  readonly authenticateBearer: AuthenticateBearer
  readonly clients: {
    /** Undefined for the first party, which is in no table. */
    find(id: string): Promise<Client | undefined>
  }
  readonly subjects: { find(userId: UserId): Promise<KnownSubject | undefined> }
  readonly signResponse: SignResponse
}

const invalidToken = ({ cnf }: AccessTokenClaims) => {
  const members = { error: 'invalid_token', error_description: 'Invalid token' }
  const challenge = bearerChallenge(cnf === undefined ? 'Bearer' : 'DPoP', members)
  return new OAuthError('invalid_token', 'Invalid token', { headers: { 'WWW-Authenticate': challenge } })
}

/** @throws OAuthError `invalid_token`, also where the account is gone; `insufficient_scope` */
export const createReadUserinfo = (deps: ReadUserinfoDeps) => {
  const findSubject = async (token: AccessTokenClaims): Promise<KnownSubject> => {
    const subject = isUuid(token.sub) ? await deps.subjects.find(token.sub as UserId) : undefined
    if (subject === undefined) throw invalidToken(token)
    return subject
  }

  return async (request: BearerRequest): Promise<Userinfo> => {
    const token = await deps.authenticateBearer(request, { scope: 'openid' })
    const [subject, client] = await Promise.all([findSubject(token), deps.clients.find(token.client_id)])
    const names = [...namesOfScope(token.scope ?? ''), ...namesOfUserinfoClaims(token.userinfo_claims)]
    // The organization of the token, as long as the user belongs to it.
    const organizationId = token.org_id as OrganizationId | undefined
    const organization = organizationClaims(subject, { scope: token.scope ?? '', organizationId })
    const body = { sub: token.sub, ...subjectClaims(subject, names), ...organization }
    const algorithm = client?.metadata.userinfoSignedResponseAlg
    if (client === undefined || algorithm === undefined) return { format: 'json', body }
    const signed = { typ: 'JWT', audience: client.id, claims: body, algorithm } as const
    return { format: 'jwt', body: await deps.signResponse(signed) }
  }
}

export type ReadUserinfo = ReturnType<typeof createReadUserinfo>
