/** For handlers of `Request` and `Response`: Hono, Workers, Deno, Bun, Next.js. Nothing here needs Node. */
import {
  type Access,
  type AccessOptions,
  type AccessVerifier,
  createAccessCheck,
} from './access/access-check.ts'

export * from './core.ts'

/** A request that may go on; `headers` belong on the answer. */
export type Allowed = Extract<Access, { outcome: 'allowed' }>

/** `Headers` joins several of one name by commas, which no token and no proof has. */
const valuesOf = (value: string | null): readonly string[] => (value === null ? [] : value.split(', '))

/**
 * Gives a function that says whose a request is, or how to refuse it:
 * `const access = await guard(request); if (access instanceof Response) return access`.
 * @see RFC 6750 §3, RFC 9449 §7
 */
export const requireBearer = (verifier: AccessVerifier, options: AccessOptions = {}) => {
  const check = createAccessCheck(verifier, options)
  return async (request: Request): Promise<Allowed | Response> => {
    const access = await check({
      method: request.method,
      target: request.url,
      authorization: valuesOf(request.headers.get('authorization')),
      dpop: valuesOf(request.headers.get('dpop')),
    })
    return access.outcome === 'allowed'
      ? access
      : new Response(access.body, { status: access.status, headers: access.headers })
  }
}
