/**
 * Which pages may call the endpoints that clients in browsers use: those of an origin that an active client lists, or a
 * public client sends its users back to, and those of CORS_ORIGINS. A preflight does not say which client it is for, so
 * that any client's word counts; cookies never do, and without them a page learns nothing that a program would not.
 *
 * The authorization endpoint and the pages are navigated to, and have none of this (draft OAuth 2.1 §3.1).
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { Before } from '@latchkey/runtime/http'
import type { Logger } from '@latchkey/runtime/logger'

export interface CorsDeps {
  /** Of all clients; `*` for everybody. */
  readonly origins: readonly string[]
  readonly clientOrigins: { isKnown(origin: string): Promise<boolean> }
  readonly logger: Pick<Logger, 'warn'>
}

const methodsByPath: Readonly<Record<string, string>> = {
  '/oauth/token': 'POST',
  '/oauth/par': 'POST',
  '/oauth/revoke': 'POST',
  '/oauth/device_authorization': 'POST',
  '/oauth/userinfo': 'GET, POST',
  '/oauth/register': 'POST',
}

const managementPath = /^\/oauth\/register\/[^/]+$/

const methodsOf = (path: string): string | undefined =>
  methodsByPath[path] ?? (managementPath.test(path) ? 'GET, PUT, DELETE' : undefined)

const exposedHeaders =
  'DPoP-Nonce, WWW-Authenticate, Retry-After, X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy'
const allowedHeaders = 'Authorization, Content-Type, DPoP, Accept-Language, X-Request-Id, X-Requested-With'
const preflightSeconds = 600

export const createCors = ({ origins, clientOrigins, logger }: CorsDeps): Before => {
  const isAllowed = async (origin: string): Promise<boolean> => {
    if (origins.includes('*') || origins.includes(origin)) return true
    try {
      return await clientOrigins.isKnown(origin)
    } catch (error) {
      // The request itself will say what is away.
      logger.warn({ error }, 'whether an origin may call can not be told at the moment')
      return false
    }
  }

  return async (req, res) => {
    const methods = methodsOf(req.path)
    if (methods === undefined) return false
    res.vary('Origin')
    const origin = req.get('origin')
    if (origin !== undefined && (await isAllowed(origin))) {
      res.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': exposedHeaders })
    }
    if (req.method !== 'OPTIONS' || req.get('access-control-request-method') === undefined) return false
    if (res.hasHeader('Access-Control-Allow-Origin'))
      res.set({
        'Access-Control-Allow-Methods': methods,
        'Access-Control-Allow-Headers': allowedHeaders,
        'Access-Control-Max-Age': String(preflightSeconds),
      })
    res.status(204).end()
    return true
  }
}
