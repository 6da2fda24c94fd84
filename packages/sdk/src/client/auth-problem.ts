/** What the first-party API refuses (RFC 9457), and what keeps a call from reaching it. Programs switch on `code`. */

/** The known codes; a later server may have others. */
export type AuthProblemCode =
  | 'VALIDATION_FAILED'
  | 'EMAIL_EXISTS'
  | 'INVALID_CREDENTIALS'
  | 'EMAIL_NOT_VERIFIED'
  | 'ACCOUNT_DISABLED'
  | 'ACCOUNT_LOCKED'
  | 'PASSWORD_RESET_REQUIRED'
  | 'CHALLENGE_REQUIRED'
  | 'REAUTHENTICATION_REQUIRED'
  | 'INVALID_VERIFICATION_TOKEN'
  | 'MFA_REQUIRED'
  | 'MFA_ENROLMENT_REQUIRED'
  | 'INVALID_MFA_TOKEN'
  | 'INVALID_MFA_CODE'
  | 'MFA_FACTOR_EXISTS'
  | 'MFA_ENROLMENT_NOT_BEGUN'
  | 'MFA_NOT_SET_UP'
  | 'PASSKEY_REFUSED'
  | 'PASSKEY_EXISTS'
  | 'PASSKEY_NOT_FOUND'
  | 'TOO_MANY_PASSKEYS'
  | 'LAST_WAY_IN'
  | 'UNKNOWN_PROVIDER'
  | 'INVALID_STATE'
  | 'INVALID_PROVIDER_CODE'
  | 'INVALID_CODE_VERIFIER'
  | 'PROVIDER_DENIED'
  | 'ACCOUNT_EXISTS_LINK_REQUIRED'
  | 'VERIFIED_EMAIL_NEEDED'
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_ANSWER_INVALID'
  | 'PROVIDER_SETTINGS_INVALID'
  | 'ORGANIZATION_NOT_FOUND'
  | 'NOT_AN_OWNER'
  | 'MEMBER_NOT_FOUND'
  | 'ROLE_NOT_FOUND'
  | 'LAST_OWNER'
  | 'TOO_MANY_ORGANIZATIONS'
  | 'INVITATION_NOT_FOUND'
  | 'INVALID_INVITATION'
  | 'INVITATION_OF_ANOTHER'
  | 'TOO_MANY_INVITATIONS'
  | 'RATE_LIMITED'
  | 'INVALID_TOKEN'
  | 'TOKEN_EXPIRED'
  | 'INVALID_REFRESH_TOKEN'
  | 'INVALID_RESET_TOKEN'
  | 'NOT_FOUND'
  | 'MALFORMED_JSON'
  | 'PAYLOAD_TOO_LARGE'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL_ERROR'

/** What is wrong with one field of the input. */
export interface AuthFieldError {
  readonly field: string
  readonly message: string
  readonly code: string
}

/** A sign-in that wants a second factor: what stands for its first half, and what it may go on with. */
export interface AuthProblemMfa {
  readonly token: string
  /** `totp`, `recovery_code`, `passkey`; a later server may have others. */
  readonly methods: readonly string[]
  /** How long the token is good for. */
  readonly expiresInSeconds: number | undefined
}

export interface AuthProblemInit {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors: readonly AuthFieldError[]
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  readonly mfa?: AuthProblemMfa | undefined
}

/** An answer that says no. */
export class AuthProblem extends Error {
  override readonly name = 'AuthProblem'
  readonly status: number
  // The intersection keeps known codes in completions and in `switch`.
  readonly code: AuthProblemCode | (string & {})
  readonly title: string
  /** For people. */
  readonly detail: string
  /** With `VALIDATION_FAILED` and `INVALID_CREDENTIALS`: field by field. */
  readonly errors: readonly AuthFieldError[]
  /** Names the request in the logs of the server. */
  readonly requestId: string | undefined
  /** With 429 and 503: `ACCOUNT_LOCKED`, `RATE_LIMITED`, `TOO_MANY_INVITATIONS`, `SERVICE_UNAVAILABLE` … */
  readonly retryAfterSeconds: number | undefined
  /** With `MFA_REQUIRED` and `MFA_ENROLMENT_REQUIRED`. */
  readonly mfa: AuthProblemMfa | undefined

  constructor(init: AuthProblemInit) {
    super(init.detail)
    this.status = init.status
    this.code = init.code
    this.title = init.title
    this.detail = init.detail
    this.errors = init.errors
    this.requestId = init.requestId
    this.retryAfterSeconds = init.retryAfterSeconds
    this.mfa = init.mfa
  }
}

/** Narrows to a problem, and to one of a code where that is given. */
export const isAuthProblem = <Code extends AuthProblemCode = AuthProblemCode>(
  error: unknown,
  code?: Code,
): error is AuthProblem & { readonly code: Code } =>
  error instanceof AuthProblem && (code === undefined || error.code === code)

/** There was no answer, or none that Latchkey gives: the same call may work later. */
export class AuthConnectionError extends Error {
  override readonly name = 'AuthConnectionError'
  readonly code = 'connection_failed'
}

/** The call needs a user who is signed in. */
export class NotSignedInError extends Error {
  override readonly name = 'NotSignedInError'
  readonly code = 'not_signed_in'

  constructor() {
    super('Nobody is signed in')
  }
}
