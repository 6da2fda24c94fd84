/**
 * Tells an authenticated client whether a token is good, and what it stands for. What kind it is follows from its form:
 * a hint can only be right or wrong. Nothing is told about tokens that are not the client's affair.
 * @see RFC 7662
 */
import { getParameter, OAuthError } from '@latchkey/oauth'
import type { ClientRequest } from '../client-authentication/index.ts'
import type { Client } from '../domain/client.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import {
  algorithmOfIntrospection,
  type Introspection,
  inactive,
  introspectionOfAccessToken,
  introspectionOfRefreshToken,
  mayIntrospect,
} from '../domain/introspection.ts'
import type { LiveRefreshToken } from '../domain/refresh-family.ts'
import { isRefreshToken } from '../domain/refresh-token.ts'
import type { SignResponse } from '../keys/response-signer.ts'
import type { AuthenticateClient } from './authenticate-client.ts'
import type { CheckAccessToken } from './check-access-token.ts'

export type IntrospectionAnswer =
  | { readonly format: 'json'; readonly body: Introspection }
  | { readonly format: 'jwt'; readonly body: string }

export interface IntrospectTokenDeps {
  readonly issuer: string
  readonly authenticateClient: AuthenticateClient
  readonly checkAccessToken: CheckAccessToken
  readonly refreshTokens: {
    /** Undefined for an unknown, used, expired or ended one. */
    find(tokenHash: Buffer): Promise<LiveRefreshToken | undefined>
  }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly signResponse: SignResponse
  readonly now: () => Date
}

const undecided = () =>
  new OAuthError('temporarily_unavailable', 'Sessions can’t be checked at the moment', {
    headers: { 'Retry-After': '2' },
  })

/** @throws OAuthError; NoSigningKeyError; what Postgres failed with */
export const createIntrospectToken = (deps: IntrospectTokenDeps) => {
  const ofAccessToken = async (client: Client, token: string): Promise<Introspection> => {
    const checked = await deps.checkAccessToken(token)
    if (checked.outcome === 'undecided') throw undecided()
    return checked.outcome === 'live' && mayIntrospect(client, checked.claims)
      ? introspectionOfAccessToken(checked.claims)
      : inactive
  }

  /** Nobody but the client that holds it has anything to do with a refresh token. */
  const ofRefreshToken = async (client: Client, rawToken: string): Promise<Introspection> => {
    const token = await deps.refreshTokens.find(hashSecret(rawToken))
    if (token === undefined || token.clientId !== client.id) return inactive
    const session = token.isOffline ? 'live' : await deps.checkSession(token)
    if (session === 'undecided') throw undecided()
    return session === 'live' ? introspectionOfRefreshToken(token, deps.issuer) : inactive
  }

  return async (request: ClientRequest, accept: string): Promise<IntrospectionAnswer> => {
    const client = await deps.authenticateClient(request)
    // Whoever knows a public client's id could try tokens out in its name (RFC 7662 §4).
    if (client.type === 'public') throw new OAuthError('invalid_client', 'Client authentication failed')
    const token = getParameter(request.parameters, 'token')
    const body = await (isRefreshToken(token) ? ofRefreshToken : ofAccessToken)(client, token)
    const algorithm = algorithmOfIntrospection(accept, client.metadata)
    if (algorithm === undefined) return { format: 'json', body }
    const claims = { iat: Math.floor(deps.now().getTime() / 1000), token_introspection: body }
    const typ = 'token-introspection+jwt'
    return { format: 'jwt', body: await deps.signResponse({ typ, audience: client.id, claims, algorithm }) }
  }
}

export type IntrospectToken = ReturnType<typeof createIntrospectToken>
