/** The problems that any service may answer. Those of one use case are made where it lives. */
import { type FieldError, Problem } from './problem.ts'

/** 400: the input was understood and is not valid; one entry a field. */
export const validationFailed = (
  errors: readonly FieldError[],
  detail = 'The request is not valid',
): Problem => new Problem({ status: 400, code: 'VALIDATION_FAILED', detail, errors })

/** 400: the request itself could not be read. */
export const badRequest = (detail: string, code = 'BAD_REQUEST', cause?: unknown): Problem =>
  new Problem({ status: 400, code, detail, cause })

/** 400: the body is not JSON, or not JSON that every reader takes alike. */
export const malformedJson = (detail = 'The body is not valid JSON'): Problem =>
  new Problem({ status: 400, code: 'MALFORMED_JSON', title: 'Malformed JSON', detail })

/** 401 with the challenge that says why. @see RFC 6750 §3 */
export const unauthorized = (detail: 'Invalid token' | 'Token has expired'): Problem =>
  new Problem({
    status: 401,
    code: detail === 'Invalid token' ? 'INVALID_TOKEN' : 'TOKEN_EXPIRED',
    detail,
    headers: { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${detail}"` },
  })

export const forbidden = (detail: string, code = 'FORBIDDEN'): Problem =>
  new Problem({ status: 403, code, detail })

export const notFound = (detail = 'There is nothing here'): Problem =>
  new Problem({ status: 404, code: 'NOT_FOUND', detail })

/** 405 with the methods that would do. @see RFC 9110 §15.5.6 */
export const methodNotAllowed = (allow: readonly string[]): Problem =>
  new Problem({
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    detail: `This resource answers ${allow.join(', ')}`,
    headers: { Allow: allow.join(', ') },
  })

/** 413; the connection ends with it, since the rest of the body is not read. @see RFC 9110 §15.5.14 */
export const payloadTooLarge = (limitBytes: number): Problem =>
  new Problem({
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    detail: `The body is larger than ${limitBytes} bytes`,
    headers: { Connection: 'close' },
  })

export const unsupportedMediaType = (detail: string, headers: Record<string, string> = {}): Problem =>
  new Problem({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', detail, headers })

/** 429; `code` tells a locked account from a spent rate limit. */
export const tooManyRequests = (detail: string, retryAfterSeconds: number, code = 'RATE_LIMITED'): Problem =>
  new Problem({ status: 429, code, detail, headers: { 'Retry-After': retryAfter(retryAfterSeconds) } })

/** 503: a part that this request needs is away; the same request may work later. */
export const unavailable = (
  detail = 'The service is temporarily unavailable',
  retryAfterSeconds = 5,
  cause?: unknown,
): Problem =>
  new Problem({
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    detail,
    headers: { 'Retry-After': retryAfter(retryAfterSeconds) },
    cause,
  })

/** 500: what went wrong is in `cause`, for the logs alone. */
export const internalError = (cause?: unknown): Problem =>
  new Problem({ status: 500, code: 'INTERNAL_ERROR', detail: 'Something went wrong on our side', cause })

/** Whole seconds for `Retry-After`, at least one, so that a client never retries at once. @see RFC 9110 §10.2.3 */
export const retryAfter = (seconds: number): string => String(Math.max(1, Math.ceil(seconds)))
