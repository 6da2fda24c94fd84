/** The hook for Fastify: `preHandler` of a route, or of all with `addHook`. Fastify itself is not imported. */
import type { IncomingMessage } from 'node:http'
import { type AccessOptions, type AccessVerifier, createAccessCheck } from './access/access-check.ts'
import type { AccessTokenClaims } from './access-token-claims.ts'
import { headerValues } from './header-values.ts'

export * from './core.ts'

/** As much of Fastify's request as is read. */
export interface HookRequest {
  readonly raw: Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>
}

/** As much of Fastify's reply as is written. */
export interface HookReply {
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body: string): unknown
}

const claimsByRequest = new WeakMap<object, AccessTokenClaims>()

/** The claims of a request that `requireBearer` let through. @throws Error where it did not run */
export const claimsOf = (request: HookRequest): AccessTokenClaims => {
  const claims = claimsByRequest.get(request.raw)
  if (claims === undefined) throw new Error('requireBearer has not run for this request')
  return claims
}

/**
 * Lets only requests through that carry a good access token; read its claims with `claimsOf(request)`.
 * @see RFC 6750 §3, RFC 9449 §7
 */
export const requireBearer = (verifier: AccessVerifier, options: AccessOptions = {}) => {
  const check = createAccessCheck(verifier, options)
  return async (request: HookRequest, reply: HookReply): Promise<unknown> => {
    const access = await check({
      method: request.raw.method ?? 'GET',
      target: request.raw.url ?? '/',
      authorization: headerValues(request.raw, 'authorization'),
      dpop: headerValues(request.raw, 'dpop'),
    })
    reply.headers({ ...access.headers })
    if (access.outcome === 'allowed') {
      claimsByRequest.set(request.raw, access.claims)
      return undefined
    }
    reply.code(access.status)
    // Fastify takes a hook that has answered as the end of the request once it returns the reply.
    return reply.send(access.body)
  }
}
