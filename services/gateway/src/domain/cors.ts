/**
 * Which origins may read answers from a browser.
 *
 * Listed origins may send cookies (the device cookie makes a device known); with `*` nobody may, since any page
 * on the web could then act with them. Public metadata is open to all.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */

export interface CorsPolicy {
  /** Exact origins, or `*`. */
  origins: readonly string[]
}

const exposedHeaders = [
  'X-Request-Id',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'ETag',
  'DPoP-Nonce',
].join(', ')

const allowedHeaders =
  'Authorization, Content-Type, Accept-Language, DPoP, If-None-Match, X-Request-Id, X-Requested-With'
const preflightSeconds = 600

/** Of an actual answer. */
export const corsHeaderNames = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
]

/** Headers of an actual answer; none where the origin may not read it. */
export const corsHeaders = (policy: CorsPolicy, origin: string): Record<string, string> => {
  if (policy.origins.includes(origin)) {
    return {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': exposedHeaders,
    }
  }
  if (policy.origins.includes('*')) {
    return { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': exposedHeaders }
  }
  return {}
}

/** Headers of the answer to a preflight for a route with these methods. */
export const preflightHeaders = (
  policy: CorsPolicy,
  origin: string,
  methods: readonly string[],
): Record<string, string> => {
  const headers = corsHeaders(policy, origin)
  if (Object.keys(headers).length === 0) return {}
  return {
    ...headers,
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': allowedHeaders,
    'Access-Control-Max-Age': String(preflightSeconds),
  }
}
