/** The one table from what use cases answer to the problems that clients get, and from failures to 503. */
import { isUnavailable } from '@latchkey/runtime/grpc'
import { isDatabaseUnavailable } from '@latchkey/runtime/postgres'
import {
  forbidden,
  Problem,
  tooManyRequests,
  unauthorized,
  unavailable,
  validationFailed,
} from '@latchkey/runtime/problem'
import { KeysUnavailableError } from '@latchkey/sdk'
import type { Violation } from '../domain/violation.ts'
import { Overloaded } from '../errors.ts'

const invalidCredentials = 'INVALID_CREDENTIALS'

export const refusals = {
  email_exists: () =>
    new Problem({ status: 409, code: 'EMAIL_EXISTS', detail: 'An account with this email already exists' }),

  wrong_sign_in: () =>
    new Problem({ status: 401, code: invalidCredentials, detail: 'Invalid email or password' }),

  disabled: () => forbidden('Account is disabled', 'ACCOUNT_DISABLED'),

  locked: ({ retryAfterSeconds }: { retryAfterSeconds: number }) =>
    tooManyRequests('Account temporarily locked', retryAfterSeconds, 'ACCOUNT_LOCKED'),

  /** Not 401: the bearer token is good, and a client would only refresh it and try again. */
  wrong_password: (field: string) =>
    new Problem({
      status: 400,
      code: invalidCredentials,
      detail: 'The current password is wrong',
      errors: [{ field, message: 'is wrong', code: 'wrong_password' }],
    }),

  password_refused: (field: string, violations: readonly Violation[]) =>
    validationFailed(violations.map(violation => ({ field, ...violation }))),

  invalid_reset_token: () =>
    new Problem({ status: 400, code: 'INVALID_RESET_TOKEN', detail: 'Invalid or expired token' }),

  /** The token was good when it was signed; its user is not there any more. */
  gone: () => unauthorized('Invalid token'),
} as const

/** A part that is away or overloaded becomes 503 with `Retry-After`; undefined for what nobody expected. */
export const toProblem = (error: unknown): Problem | undefined => {
  if (error instanceof Overloaded) {
    return unavailable('Too many requests at once', error.retryAfterSeconds, error)
  }
  if (error instanceof KeysUnavailableError) {
    return unavailable('Tokens cannot be verified at the moment', error.retryAfterSeconds, error)
  }
  if (isDatabaseUnavailable(error) || isUnavailable(error)) return unavailable(undefined, undefined, error)
  return undefined
}
