/**
 * The one error that a caller is told about over HTTP, as RFC 9457 has it. `code` is the stable name that
 * programs switch on; `detail` is for people; `cause` is for the logs and never leaves the process.
 */
import { currentContext } from '../context/index.ts'

export interface FieldError {
  /** Path of the member, dotted: `metadata.plan`, `addresses.0.city`; empty for the body itself. */
  readonly field: string
  readonly message: string
  /** Stable, snake case: `required`, `invalid_format`, `too_small`. */
  readonly code: string
  /** Of a body that is made of lines: which one, from 1. */
  readonly line?: number
}

export interface ProblemInit {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly title?: string
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
  /** What else a program needs to go on, beside the members that every problem has. @see RFC 9457 §3.2 */
  readonly extensions?: Readonly<Record<string, unknown>>
  /** What the endpoints of OAuth call it, where a standard has a word for it: `invalid_grant`. */
  readonly oauthError?: string
  readonly cause?: unknown
}

export interface ProblemJson {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly errors?: readonly FieldError[]
  readonly request_id?: string
}

const typeBase = 'https://latchkey.dev/problems/'

const titleOf = (code: string): string => {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** How a problem of this code is called, to programs and to people. @see RFC 9457 §3.1 */
export const nameProblem = (code: string): Pick<ProblemJson, 'type' | 'title'> => ({
  type: typeBase + code.toLowerCase().replaceAll('_', '-'),
  title: titleOf(code),
})

const challenge = { 'WWW-Authenticate': 'Bearer realm="latchkey"' }

/**
 * What is refused as unauthenticated says what would authenticate: a bearer, which a sign-in gives. A client that failed to
 * authenticate is challenged by its own scheme, where it used one. @see RFC 9110 §15.5.2, RFC 6749 §5.2
 */
const challengeFor = ({ status, oauthError }: ProblemInit) =>
  status === 401 && oauthError === undefined ? challenge : {}

export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors: readonly FieldError[] | undefined
  /** Sent with the answer: `Allow`, `Retry-After`, `WWW-Authenticate`. */
  readonly headers: Readonly<Record<string, string>>
  readonly oauthError: string | undefined
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(init: ProblemInit) {
    super(init.detail, init.cause === undefined ? undefined : { cause: init.cause })
    this.status = init.status
    this.code = init.code
    this.title = init.title ?? titleOf(init.code)
    this.detail = init.detail
    this.errors = init.errors
    this.headers = { ...challengeFor(init), ...init.headers }
    this.oauthError = init.oauthError
    this.extensions = init.extensions ?? {}
  }
}

/** The body of the answer; `requestId` is the current request's unless given. @see RFC 9457 §3 */
export const toProblemJson = (problem: Problem, requestId = currentContext()?.requestId): ProblemJson => ({
  ...problem.extensions,
  ...nameProblem(problem.code),
  title: problem.title,
  status: problem.status,
  detail: problem.detail,
  code: problem.code,
  ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  ...(requestId === undefined ? {} : { request_id: requestId }),
})
