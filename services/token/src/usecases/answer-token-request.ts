/**
 * The token endpoint, as an ordered protocol that no grant can forget a step of: the grant exists, the client is who it
 * says it is, may use the grant, and proves possession of its key where it has to.
 *
 * @see draft OAuth 2.1 §3.2
 */
import { getParameter, OAuthError } from '@latchkey/oauth'
import type { ClientRequest } from '../client-authentication/index.ts'
import type { Client, GrantType } from '../domain/client.ts'
import { requireRegisteredDpop } from '../domain/dpop-binding.ts'
import type { VerifyDpopProof } from '../dpop/verify-dpop-proof.ts'
import type { AnswerGrant, Grants, IssuedTokens } from '../grants/index.ts'
import type { AuthenticateClient } from './authenticate-client.ts'

export interface AnswerTokenRequestDeps {
  readonly grants: Grants
  readonly authenticateClient: AuthenticateClient
  readonly verifyDpopProof: VerifyDpopProof
}

export type AnswerTokenRequest = (request: ClientRequest) => Promise<IssuedTokens>

/** What OAuth 2.0 had and OAuth 2.1 has not, by what its users asked for. */
const removed = new Map(
  ['password', 'implicit'].map(grant => [
    grant,
    `OAuth 2.1 has removed the ${grant} grant; use the authorization code grant with PKCE`,
  ]),
)

const findGrant = (grants: Grants, grantType: string): [GrantType, AnswerGrant] => {
  const found = Object.entries(grants).find(([name]) => name === grantType)
  if (found !== undefined) return found as [GrantType, AnswerGrant]
  const known = Object.keys(grants).join(', ')
  throw new OAuthError(
    'unsupported_grant_type',
    removed.get(grantType) ?? `grant_type must be one of: ${known}`,
  )
}

const refuseOthersGrant = ({ metadata }: Client, grantType: GrantType): void => {
  if (metadata.grantTypes.includes(grantType)) return
  throw new OAuthError('unauthorized_client', `The client is not registered for the grant type ${grantType}`)
}

/** @throws OAuthError, NoSigningKeyError */
export const createAnswerTokenRequest =
  ({ grants, authenticateClient, verifyDpopProof }: AnswerTokenRequestDeps): AnswerTokenRequest =>
  async request => {
    const { parameters, ipAddress, proofs } = request
    const [grantType, answer] = findGrant(grants, getParameter(parameters, 'grant_type'))
    const client = await authenticateClient(request)
    refuseOthersGrant(client, grantType)
    const proved = await verifyDpopProof({ proofs, method: 'POST', path: '/oauth/token' })
    requireRegisteredDpop(client.metadata, proved?.jkt)
    return answer({ client, parameters, ipAddress, dpopJkt: proved?.jkt })
  }
