/**
 * Asks the issuer about tokens instead of, or after, verifying them here: revocation is seen within `cacheSeconds`, for
 * a call to the issuer now and then. What was said is remembered for a while, keyed on the SHA-256 of the whole token,
 * and an expired token is never asked for.
 */
import { sha256 } from '#sha256'
import { type AccessTokenClaims, parseAccessTokenClaims } from '../access-token-claims.ts'
import { createBoundedMap } from '../bounded-map.ts'
import { maxTokenLength } from '../credentials.ts'
import { keepsWork } from '../keeps-work.ts'
import { requiredText } from '../required-text.ts'
import { assertBinding, type TokenScheme } from '../token-binding.ts'
import { TokenError } from '../token-error.ts'
import { createAskIntrospection, type Introspected, type IntrospectionEndpoint } from './ask-introspection.ts'

/** Who asks, about which tokens, and for how long an answer holds. */
export interface IntrospectionOptions extends IntrospectionEndpoint {
  /** The exact `iss` of accepted tokens. */
  issuer: string
  /** Who the token must be for. Default: the issuer itself. */
  audience?: string
  /** How long an answer holds: so much later a revocation is seen at most. Default 30; 0 asks every time. */
  cacheSeconds?: number
  /** How many answers are remembered. Default 10,000. */
  cacheSize?: number
  /** How far the issuer's clock may be ahead or behind. Default 0. */
  clockToleranceSeconds?: number
  now?: () => Date
}

/** The issuer as a judge of tokens. */
export interface Introspection {
  /**
   * In place of a token verifier, for `requireBearer`.
   * @throws TokenError where the token is not good, UnavailableError where that can not be told
   */
  verify(token: string, scheme?: TokenScheme): Promise<AccessTokenClaims>
  /** For the option `isRevoked`, after a token was verified here. @throws UnavailableError */
  isRevoked(claims: AccessTokenClaims, token: string): Promise<boolean>
}

interface Answer {
  readonly said: Introspected
  readonly saidAt: number
}

/** RFC 6749 leaves the case to the client; a refresh token has no such type. */
const isAccessTokenType = (type: unknown): boolean =>
  typeof type === 'string' && /^(bearer|dpop)$/i.test(type)

const includes = (audience: AccessTokenClaims['aud'], wanted: string): boolean =>
  typeof audience === 'string' ? audience === wanted : audience.includes(wanted)

/**
 * @throws TypeError where issuer or audience is empty
 * @see RFC 7662 §2.2, §4
 */
export const createIntrospection = (options: IntrospectionOptions): Introspection => {
  const issuer = requiredText('issuer', options.issuer)
  const audience = requiredText('audience', options.audience ?? issuer)
  const ask = createAskIntrospection(options)
  const nowSeconds = () => (options.now?.() ?? new Date()).getTime() / 1000
  const cacheSeconds = options.cacheSeconds ?? 30
  const toleranceSeconds = options.clockToleranceSeconds ?? 0
  const answers = createBoundedMap<Answer>(cacheSeconds === 0 ? 0 : (options.cacheSize ?? 10_000))
  const shares = keepsWork()
  const asking = new Map<string, Promise<Introspected>>()

  const askAnew = async (key: string, token: string): Promise<Introspected> => {
    const saidAt = nowSeconds()
    const said = await ask(token)
    answers.set(key, { said, saidAt })
    return said
  }

  /** Many requests with one token ask once, where they can wait for each other. */
  const introspect = async (token: string): Promise<Introspected> => {
    if (token.length > maxTokenLength) throw new TokenError('malformed')
    const key = await sha256(token)
    const known = answers.get(key)
    if (known !== undefined && nowSeconds() - known.saidAt < cacheSeconds) return known.said
    if (!shares) return askAnew(key, token)
    const asked = asking.get(key) ?? askAnew(key, token).finally(() => asking.delete(key))
    asking.set(key, asked)
    return asked
  }

  const judge = ({ active, token_type, ...payload }: Introspected): AccessTokenClaims => {
    if (!active) throw new TokenError('inactive')
    if (!isAccessTokenType(token_type)) throw new TokenError('type')
    const claims = parseAccessTokenClaims(payload)
    if (claims.iss !== issuer) throw new TokenError('issuer')
    if (!includes(claims.aud, audience)) throw new TokenError('audience')
    if (claims.exp <= nowSeconds() - toleranceSeconds) throw new TokenError('expired')
    return claims
  }

  return {
    verify: async (token, scheme = 'Bearer') => assertBinding(judge(await introspect(token)), scheme),
    isRevoked: async (_claims, token) => !(await introspect(token)).active,
  }
}
