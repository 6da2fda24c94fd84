/**
 * What every answer says to browsers: do not guess types, do not frame, do not load, do not store, do not
 * tell where from. Pages widen the policy for themselves; cacheable documents set their own Cache-Control.
 */

export const defaultSecurityHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

// Two years, as browsers' preload lists ask.
const strictTransport = 'max-age=63072000; includeSubDomains'

export interface SecurityHeadersInit {
  /** What the gateway in front says on every answer is not said twice. What may be kept is for who answers to say. */
  readonly behindGateway?: boolean
  readonly strictTransportSecurity?: boolean
}

/** As node's `setHeaders` takes them. */
export const securityHeadersOf = (init: SecurityHeadersInit): Map<string, string> => {
  if (init.behindGateway === true) return new Map([['Cache-Control', 'no-store']])
  const headers = new Map(Object.entries(defaultSecurityHeaders))
  if (init.strictTransportSecurity === true) headers.set('Strict-Transport-Security', strictTransport)
  return headers
}
