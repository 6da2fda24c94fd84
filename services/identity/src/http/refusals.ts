/** The one table from what use cases answer to the problems that clients get. */
import {
  forbidden,
  Problem,
  tooManyRequests,
  unauthorized,
  validationFailed,
} from '@latchkey/runtime/problem'
import { rolesPerUser } from '../domain/role.ts'
import { challengeTtlSeconds } from '../domain/sign-in-challenge.ts'
import type { Violation } from '../domain/violation.ts'

const invalidCredentials = 'INVALID_CREDENTIALS'

export const refusals = {
  email_exists: () =>
    new Problem({ status: 409, code: 'EMAIL_EXISTS', detail: 'An account with this email already exists' }),

  wrong_sign_in: () =>
    new Problem({ status: 401, code: invalidCredentials, detail: 'Invalid email or password' }),

  disabled: () => forbidden('Account is disabled', 'ACCOUNT_DISABLED'),

  /** After a right password alone. */
  email_not_verified: () =>
    forbidden(
      'Email address is not verified: follow the link of the mail, or POST /auth/email/verify',
      'EMAIL_NOT_VERIFIED',
    ),

  /** After a right password alone. */
  password_reset_required: () =>
    forbidden(
      'This password can not be used until it is reset; a mail with a link is on its way to the owner',
      'PASSWORD_RESET_REQUIRED',
    ),

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

  password_missing: (field: string) =>
    validationFailed([{ field, message: 'is required', code: 'required' }]),

  /** The bearer is good, but too old for what it is asked to do. @see RFC 9470, which knows this for resource servers */
  reauthentication_required: () =>
    forbidden('Prove who you are once more: POST /auth/reauthenticate', 'REAUTHENTICATION_REQUIRED'),

  /** What is wrong is nothing: the sign-in goes on with `mfa_token`, at `POST /auth/mfa/verify`. */
  second_factor_required: ({ rawChallenge, methods }: { rawChallenge: string; methods: readonly string[] }) =>
    new Problem({
      status: 401,
      code: 'MFA_REQUIRED',
      detail: 'A second factor is required: POST /auth/mfa/verify',
      extensions: { mfa_token: rawChallenge, methods, expires_in: challengeTtlSeconds },
    }),

  /** The account must have a second factor and has none: `mfa_token` is good for setting one up. */
  enrolment_required: ({ rawChallenge }: { rawChallenge: string }) =>
    new Problem({
      status: 403,
      code: 'MFA_ENROLMENT_REQUIRED',
      detail: 'A second factor has to be set up first: POST /auth/mfa/enrol',
      extensions: { mfa_token: rawChallenge, methods: ['totp'], expires_in: challengeTtlSeconds },
    }),

  invalid_challenge: () =>
    new Problem({
      status: 401,
      code: 'INVALID_MFA_TOKEN',
      detail: 'Invalid or expired mfa_token: sign in anew',
    }),

  wrong_code: (status: 400 | 401) =>
    new Problem({
      status,
      code: 'INVALID_MFA_CODE',
      detail: 'The code is wrong, or was used before',
      errors: [{ field: 'code', message: 'is wrong, or was used before', code: 'wrong_code' }],
    }),

  totp_exists: () =>
    new Problem({
      status: 409,
      code: 'MFA_FACTOR_EXISTS',
      detail: 'There is an authenticator app already: remove it first',
    }),

  no_factor: () =>
    new Problem({
      status: 409,
      code: 'MFA_NOT_SET_UP',
      detail: 'There is no second factor that codes could stand in for',
    }),

  enrolment_not_begun: () =>
    new Problem({
      status: 409,
      code: 'MFA_ENROLMENT_NOT_BEGUN',
      detail: 'No authenticator app is being set up, or it was begun too long ago',
    }),

  password_refused: (field: string, violations: readonly Violation[]) =>
    validationFailed(violations.map(({ code, message }) => ({ field, message, code }))),

  invalid_reset_token: () =>
    new Problem({ status: 400, code: 'INVALID_RESET_TOKEN', detail: 'Invalid or expired token' }),

  /** Whatever is wrong with it: the log says what. @see WebAuthn Level 3 §14.6.2 */
  passkey_refused: (status: 400 | 401) =>
    new Problem({ status, code: 'PASSKEY_REFUSED', detail: 'The passkey was not accepted' }),

  passkey_exists: () =>
    new Problem({ status: 409, code: 'PASSKEY_EXISTS', detail: 'This passkey is registered already' }),

  too_many_passkeys: () =>
    new Problem({ status: 409, code: 'TOO_MANY_PASSKEYS', detail: 'Remove a passkey before adding another' }),

  passkey_unknown: () =>
    new Problem({ status: 404, code: 'PASSKEY_NOT_FOUND', detail: 'There is no such passkey' }),

  last_way_in: () =>
    new Problem({
      status: 409,
      code: 'LAST_WAY_IN',
      detail: 'Without it nobody could sign in any more: set a password or add a passkey first',
    }),

  email_unchanged: () =>
    validationFailed([{ field: 'email', message: 'is the address of the account', code: 'email_unchanged' }]),

  /** Of a mail's link or code. */
  invalid_email_proof: () =>
    new Problem({ status: 400, code: 'INVALID_VERIFICATION_TOKEN', detail: 'Invalid or expired token' }),

  unknown_role: () =>
    new Problem({ status: 404, code: 'ROLE_NOT_FOUND', detail: 'There is no such role of this kind' }),

  role_built_in: () =>
    new Problem({ status: 409, code: 'ROLE_BUILT_IN', detail: 'This role comes with Latchkey and stays' }),

  role_in_use: ({ holders }: { holders: number }) =>
    new Problem({
      status: 409,
      code: 'ROLE_IN_USE',
      detail: `${holders === 1 ? '1 user has' : `${holders} users have`} this role; with cascade, it is taken from them`,
    }),

  too_many_roles: () =>
    new Problem({
      status: 409,
      code: 'TOO_MANY_ROLES',
      detail: `A user has at most ${rolesPerUser} roles`,
    }),

  /** The token was good when it was signed; its user is not there any more. */
  gone: () => unauthorized('Invalid token'),
} as const
