/**
 * How a refusal is told: the status, the challenges (RFC 6750 §3, RFC 9449 §7.1) and a problem (RFC 9457). Clients learn
 * the code and a sentence; `error` is for the log.
 */
import { type AuthenticationRule, InsufficientUserAuthenticationError } from '../authentication.ts'
import { ForbiddenError } from '../authority.ts'
import { ProofError } from '../dpop/proof-error.ts'
import { InsufficientScopeError } from '../scope.ts'
import type { TokenScheme } from '../token-binding.ts'
import { plainRealm, TokenError } from '../token-error.ts'
import { UnavailableError } from '../unavailable-error.ts'

/** Why a request was refused; each has a `code`, some a `reason` and a `cause`. */
export type AccessError =
  | TokenError
  | ProofError
  | InsufficientScopeError
  | InsufficientUserAuthenticationError
  | ForbiddenError
  | UnavailableError

/** Those that another token would mend. */
type TokenFault = Exclude<AccessError, UnavailableError | ForbiddenError>

/** An answer that says no, as it goes on the wire, and why. */
export interface Refusal {
  readonly error: AccessError
  readonly status: 401 | 403 | 503
  readonly headers: Readonly<Record<string, string>>
  /** The body, as JSON of type application/problem+json. */
  readonly body: string
}

export interface ChallengeInit {
  /** What the server accepts. */
  readonly schemes: readonly TokenScheme[]
  /** What the request used; undefined where that could not be told. */
  readonly scheme: TokenScheme | undefined
  /** For proofs. */
  readonly algorithms: readonly string[]
}

const titles = { 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' } as const

/** What the client is to send to the authorization endpoint, in the words of both. @see RFC 9470 §3 */
const wishesOf = ({ acrValues, maxAge }: AuthenticationRule): string[] => [
  ...(acrValues === undefined ? [] : [`acr_values="${acrValues.join(' ')}"`]),
  ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
]

const parametersOf = (error: TokenFault): string[] => {
  if (error instanceof TokenError && error.reason === 'missing') return []
  const code = error instanceof TokenError ? 'invalid_token' : error.code
  const scope = error instanceof InsufficientScopeError ? [`scope="${error.required.join(' ')}"`] : []
  const authentication = error instanceof InsufficientUserAuthenticationError ? wishesOf(error.rule) : []
  return [`error="${code}"`, `error_description="${error.message}"`, ...scope, ...authentication]
}

/** The challenge of the scheme that was used says what is wrong; each other one, that there is another way. */
const challengesFor = (error: TokenFault, init: ChallengeInit): string => {
  const { schemes, algorithms } = init
  const used = schemes.find(scheme => scheme === init.scheme) ?? schemes[0]
  return schemes
    .map(scheme => {
      const parameters = [
        ...(scheme === used ? parametersOf(error) : []),
        ...(scheme === 'DPoP' && algorithms.length > 0 ? [`algs="${algorithms.join(' ')}"`] : []),
      ]
      return `${scheme} ${parameters.length === 0 ? plainRealm : parameters.join(', ')}`
    })
    .join(', ')
}

const isAccessError = (error: unknown): error is AccessError =>
  [
    TokenError,
    ProofError,
    InsufficientScopeError,
    InsufficientUserAuthenticationError,
    ForbiddenError,
    UnavailableError,
  ].some(kind => error instanceof kind)

const headersFor = (error: AccessError, init: ChallengeInit): Record<string, string> => {
  if (error instanceof ForbiddenError) return {}
  if (error instanceof UnavailableError) return { 'Retry-After': String(error.retryAfterSeconds) }
  const nonce = error instanceof ProofError ? error.nonce : undefined
  return {
    'WWW-Authenticate': challengesFor(error, init),
    ...(nonce === undefined ? {} : { 'DPoP-Nonce': nonce }),
  }
}

/** Undefined for what has nothing to do with access. */
export const refusalOf = (error: unknown, init: ChallengeInit): Refusal | undefined => {
  if (!isAccessError(error)) return undefined
  return {
    error,
    status: error.status,
    headers: {
      ...headersFor(error, init),
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
    },
    body: JSON.stringify({
      type: 'about:blank',
      title: titles[error.status],
      status: error.status,
      detail: error.message,
      code: error.code.toUpperCase(),
    }),
  }
}
