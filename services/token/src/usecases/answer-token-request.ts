/**
 * The token endpoint, as an ordered protocol that no grant can forget a step of: the grant exists, the client is who it
 * says it is, may use the grant, and proves possession of its key where it has to.
 *
 * @see draft OAuth 2.1 §3.2
 */
import { getParameter, OAuthError, type OAuthErrorCode } from '@latchkey/oauth'
import type { Logger } from '@latchkey/runtime/logger'
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
  readonly observeIssued: (grantType: GrantType) => void
  /** Told why a client that is known was refused; unknown ones are use case `authenticate-client`'s to tell. */
  readonly logger: Pick<Logger, 'info'>
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

/** Steps of a protocol that goes on, not refusals that somebody will ask about. */
const expectedAnswers: readonly OAuthErrorCode[] = ['authorization_pending', 'slow_down', 'use_dpop_nonce']

/** @throws OAuthError, NoSigningKeyError */
export const createAnswerTokenRequest = (deps: AnswerTokenRequestDeps): AnswerTokenRequest => {
  const { grants, authenticateClient, verifyDpopProof, logger } = deps

  const answerFor = async (
    client: Client,
    [grantType, answer]: readonly [GrantType, AnswerGrant],
    { parameters, ipAddress, proofs }: ClientRequest,
  ): Promise<IssuedTokens> => {
    refuseOthersGrant(client, grantType)
    const proved = await verifyDpopProof({ proofs, method: 'POST', path: '/oauth/token' })
    requireRegisteredDpop(client.metadata, proved?.jkt)
    return answer({ client, parameters, ipAddress, dpopJkt: proved?.jkt })
  }

  return async request => {
    const grant = findGrant(grants, getParameter(request.parameters, 'grant_type'))
    const client = await authenticateClient(request)
    const [grantType] = grant
    try {
      const tokens = await answerFor(client, grant, request)
      deps.observeIssued(grantType)
      return tokens
    } catch (error) {
      if (error instanceof OAuthError && !expectedAnswers.includes(error.error)) {
        const why = { oauth_error: error.error, description: error.description }
        logger.info({ client_id: client.id, grant_type: grantType, ...why }, 'a token request was refused')
      }
      throw error
    }
  }
}
