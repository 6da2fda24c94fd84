/**
 * Where the parameters come from: the URL, a signed request object in it, or a request that the client has pushed before.
 * One of them counts, and never a mixture. A client may be held to one way.
 *
 * @see RFC 9101 §6.3, §10.5, RFC 9126 §4, §6
 */
import { findParameter, OAuthError, type OAuthParameters } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'
import { type FoundRequest, type PushedRequestKey, referenceHashOf } from '../domain/pushed-request.ts'
import { type ReadRequestObjectDeps, readRequestObject } from './read-request-object.ts'
import type { RuleInput } from './request.ts'

export interface UnwrapDeps extends ReadRequestObjectDeps {
  readonly pushedRequests: {
    /** Uses it up. Undefined where it is unknown, or another client's. */
    use(key: PushedRequestKey): Promise<FoundRequest | undefined>
  }
}

export interface UnwrappedRequest {
  readonly parameters: OAuthParameters
  /** The request counts no more: all that it is good for is to tell its client so, where and with what state it said. */
  readonly refusal?: OAuthError
}

const usePushedRequest = async (
  requestUri: string,
  client: Client,
  { pushedRequests }: UnwrapDeps,
): Promise<UnwrappedRequest> => {
  const referenceHash = referenceHashOf(requestUri)
  if (referenceHash === undefined)
    throw new OAuthError('request_uri_not_supported', 'request_uri must come from /oauth/par')
  const found = await pushedRequests.use({ referenceHash, clientId: client.id })
  const refusal = new OAuthError('invalid_request_uri', 'request_uri has expired or was used')
  if (found === undefined) throw refusal
  const { parameters, isSpent } = found
  return isSpent ? { parameters, refusal } : { parameters }
}

const refuseUnsigned = ({ metadata }: Client): void => {
  if (!metadata.requireSignedRequestObject) return
  throw new OAuthError('invalid_request', 'The client is registered for signed request objects')
}

/** A request to the authorization endpoint. @throws OAuthError */
export const unwrapRequest = async (
  { client, parameters }: RuleInput,
  deps: UnwrapDeps,
): Promise<UnwrappedRequest> => {
  const request = findParameter(parameters, 'request')
  const requestUri = findParameter(parameters, 'request_uri')
  if (request !== undefined && requestUri !== undefined)
    throw new OAuthError('invalid_request', 'request and request_uri must not come together')
  if (requestUri !== undefined) return usePushedRequest(requestUri, client, deps)
  if (client.metadata.requirePushedAuthorizationRequests)
    throw new OAuthError('invalid_request', 'The client is registered to push its requests to /oauth/par')
  if (request !== undefined) return { parameters: await readRequestObject(request, client, deps) }
  refuseUnsigned(client)
  return { parameters }
}

/** A request that is being pushed. @throws OAuthError */
export const unwrapPush = async (
  { client, parameters }: RuleInput,
  deps: ReadRequestObjectDeps,
): Promise<OAuthParameters> => {
  if (findParameter(parameters, 'request_uri') !== undefined)
    throw new OAuthError('invalid_request', 'request_uri must not be pushed')
  const request = findParameter(parameters, 'request')
  if (request !== undefined) return readRequestObject(request, client, deps)
  refuseUnsigned(client)
  return parameters
}
