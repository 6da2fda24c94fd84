/**
 * A request object: the request as a JWT that the client has signed. Nothing but what it says counts then, so that
 * nobody on the way can add to it. Unsigned and encrypted ones are refused.
 *
 * @see RFC 9101 §4, §5, §6.2, §6.3, §10.8, FAPI 2.0 Message Signing §5.3.1
 */
import { allowedAlgorithms, isCompactJws, OAuthError, type OAuthParameters } from '@latchkey/oauth'
import { errors, type JWTPayload } from 'jose'
import type { ClientKeys } from '../client-keys/index.ts'
import type { Client } from '../domain/client.ts'
import type { IdUse } from '../domain/used-id.ts'
import { knownParameters } from './received-parameters.ts'

export interface ReadRequestObjectDeps {
  readonly issuer: string
  readonly verifyClientJwt: ClientKeys['verifyClientJwt']
  readonly usedIds: { use(use: IdUse): Promise<boolean> }
  readonly now: () => Date
}

// Longer lives are for replays: a request is made when it is needed.
const longestLifeSeconds = 3_600

// Clocks differ.
const skewSeconds = 30

/** Explicit typing, or what libraries wrote before it; never another kind of token. @see RFC 9101 §10.8 */
const types: readonly unknown[] = ['oauth-authz-req+jwt', 'application/oauth-authz-req+jwt', 'jwt', undefined]

const invalid = (description: string, cause?: unknown) =>
  new OAuthError('invalid_request_object', description, { cause })

/** Of a client of FAPI 2.0 Message Signing, which signs what it pushes (§5.3.1). */
const requiredClaimsOf = ({ metadata }: Client): string[] =>
  metadata.requirePushedAuthorizationRequests && metadata.requireSignedRequestObject
    ? ['exp', 'nbf']
    : ['exp']

const verify = async (
  requestObject: string,
  client: Client,
  deps: ReadRequestObjectDeps,
): Promise<JWTPayload> => {
  if (!isCompactJws(requestObject))
    throw invalid('request must be a signed JWT; encrypted ones are not supported')
  const algorithms = allowedAlgorithms(client.metadata.requestObjectSigningAlg)
  try {
    const { payload, protectedHeader } = await deps.verifyClientJwt(client, requestObject, {
      algorithms,
      issuer: client.id,
      audience: deps.issuer,
      requiredClaims: requiredClaimsOf(client),
      clockTolerance: skewSeconds,
      currentDate: deps.now(),
    })
    if (!types.includes(protectedHeader.typ?.toLowerCase())) throw invalid('typ must be oauth-authz-req+jwt')
    return payload
  } catch (cause) {
    if (cause instanceof OAuthError) throw cause
    if (cause instanceof errors.JOSEAlgNotAllowed)
      throw invalid(`request must be signed with one of ${algorithms.join(', ')}`, cause)
    if (cause instanceof errors.JWTExpired) throw invalid('The request object has expired', cause)
    if (cause instanceof errors.JWTClaimValidationFailed)
      throw invalid(`${cause.claim} of the request object is missing or wrong`, cause)
    throw invalid('The signature of the request object is not one of the client', cause)
  }
}

/** As a parameter would have been written. */
const asParameter = (name: string, value: unknown): string | readonly string[] => {
  // No store can hold either; a URL or a form with a NUL is refused, too, and none can have half a surrogate pair.
  if (JSON.stringify(value).includes('\\u0000')) throw invalid(`${name} of the request object holds a NUL`)
  if (![value].flat().every(each => typeof each !== 'string' || each.isWellFormed()))
    throw invalid(`${name} of the request object holds half a surrogate pair`)
  if (typeof value === 'string') return value
  if (name === 'resource' && Array.isArray(value) && value.every(each => typeof each === 'string'))
    return value
  if (name === 'max_age' && typeof value === 'number') return String(value)
  if (name === 'claims' && typeof value === 'object') return JSON.stringify(value)
  throw invalid(`${name} of the request object is of a wrong type`)
}

const toParameters = (payload: JWTPayload, client: Client): OAuthParameters => {
  for (const nested of ['request', 'request_uri'])
    if (nested in payload) throw invalid(`${nested} must not be in a request object`)
  // What has it could pass for a client's assertion.
  if (payload.sub === client.id) throw invalid('sub of a request object must not be the client')
  if (payload.client_id !== client.id) throw invalid('client_id of the request object is missing or wrong')
  const said = knownParameters.filter(name => payload[name] !== undefined && payload[name] !== '')
  return Object.fromEntries(said.map(name => [name, asParameter(name, payload[name])]))
}

/** The parameters that count. @throws OAuthError `invalid_request_object` */
export const readRequestObject = async (
  requestObject: string,
  client: Client,
  deps: ReadRequestObjectDeps,
): Promise<OAuthParameters> => {
  const payload = await verify(requestObject, client, deps)
  const parameters = toParameters(payload, client)
  const { jti, exp = 0, nbf = Number.POSITIVE_INFINITY } = payload
  const beginsAt = Math.min(nbf, deps.now().getTime() / 1000)
  if (exp > beginsAt + longestLifeSeconds + skewSeconds)
    throw invalid(`The request object must expire within ${longestLifeSeconds} seconds of now and of its nbf`)
  if (jti === undefined) return parameters
  const expiresAt = new Date((exp + skewSeconds) * 1000)
  const isFirst = await deps.usedIds.use({ kind: 'request_object', owner: client.id, id: jti, expiresAt })
  if (!isFirst) throw invalid('The request object was used before; make a new one')
  return parameters
}
