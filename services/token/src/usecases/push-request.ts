/**
 * A client leaves its authorization request with us, before any browser is involved: checked now, good once, and for
 * this client alone. @see RFC 9126 §2, RFC 9449 §10.1
 */
import { findParameter } from '@latchkey/oauth'
import type { AuthorizationRules } from '../authorize/index.ts'
import type { ClientRequest } from '../client-authentication/index.ts'
import { codeBindingOf } from '../domain/dpop-binding.ts'
import { createRequestUri, type NewPushedRequest } from '../domain/pushed-request.ts'
import type { VerifyDpopProof } from '../dpop/verify-dpop-proof.ts'
import type { AuthenticateClient } from './authenticate-client.ts'

export interface PushRequestDeps {
  readonly authenticateClient: AuthenticateClient
  readonly verifyDpopProof: VerifyDpopProof
  readonly rules: Pick<AuthorizationRules, 'readPush'>
  readonly pushedRequests: { push(request: NewPushedRequest): Promise<void> }
  /** 256 random bits as text. */
  readonly createToken: () => string
  readonly ttlSeconds: number
}

export interface PushedRequest {
  readonly requestUri: string
  readonly expiresInSeconds: number
}

/** @throws OAuthError */
export const createPushRequest =
  (deps: PushRequestDeps) =>
  async (request: ClientRequest): Promise<PushedRequest> => {
    const client = await deps.authenticateClient(request)
    const proved = await deps.verifyDpopProof({ proofs: request.proofs, method: 'POST', path: '/oauth/par' })
    const { parameters } = await deps.rules.readPush(client, request.parameters)
    const dpopJkt = codeBindingOf(findParameter(parameters, 'dpop_jkt'), proved?.jkt)
    const { requestUri, referenceHash } = createRequestUri(deps.createToken())
    await deps.pushedRequests.push({
      referenceHash,
      clientId: client.id,
      parameters: dpopJkt === undefined ? parameters : { ...parameters, dpop_jkt: dpopJkt },
      ttlSeconds: deps.ttlSeconds,
    })
    return { requestUri, expiresInSeconds: deps.ttlSeconds }
  }

export type PushRequest = ReturnType<typeof createPushRequest>
