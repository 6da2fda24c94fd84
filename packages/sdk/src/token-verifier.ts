/**
 * Decides whether a string is a live access token of one issuer, for one audience (RFC 9068 §4). Refuses unsigned
 * and HMAC tokens, other kinds of JWT (`typ`), and keys that a token brings along. Revocation is not looked at.
 */
import { errors, jwtVerify } from 'jose'
import { type AccessTokenClaims, parseAccessTokenClaims } from './access-token-claims.ts'
import { maxTokenLength } from './credentials.ts'
import { type FetchDocument, fetchJwksFrom } from './fetch-jwks.ts'
import { keepsWork } from './keeps-work.ts'
import { createKeySource, type FetchJwks } from './key-source.ts'
import { KeysUnavailableError } from './keys-unavailable-error.ts'
import { requiredText } from './required-text.ts'
import { assertBinding, type TokenScheme } from './token-binding.ts'
import { TokenError, type TokenErrorReason } from './token-error.ts'
import { createVerifiedTokens } from './verified-tokens.ts'

/** Whose tokens are accepted, for whom, and how their keys are had. */
export interface TokenVerifierOptions {
  /** The exact `iss` of accepted tokens: the PUBLIC_URL of the installation. */
  issuer: string
  /** Where the issuer publishes its keys, or a function that reads them. Default: where Latchkey does. */
  jwks?: string | URL | FetchJwks
  /** How an address in `jwks` is read: the global `fetch` unless told, for example one with a certificate. */
  fetch?: FetchDocument
  /** Who the token must be for. Default: the issuer itself. */
  audience?: string
  /** How far the issuer's clock may be ahead or behind. Default 0. */
  clockToleranceSeconds?: number
  /** How many verified tokens are remembered; 0 turns it off. Default 10,000. */
  cacheSize?: number
  /** Default 300, as long as the issuer lets caches keep the keys. */
  jwksMaxAgeSeconds?: number
  /** Default 5. */
  jwksCooldownSeconds?: number
  now?: () => Date
}

/** Judges tokens by the issuer’s keys alone, without asking it about each. */
export interface TokenVerifier {
  /**
   * @param scheme how the token was sent. As `Bearer`, the default, it must not be bound to a key; as `DPoP` it must,
   * and that the sender holds the key is for `createDPoP` to check
   * @returns the claims of a token that is good now
   * @throws TokenError where it is not, KeysUnavailableError where that cannot be told
   * @see RFC 9068 §4, RFC 9449 §7.1, §7.2
   */
  verify(token: string, scheme?: TokenScheme): Promise<AccessTokenClaims>
  /** Fetches the keys now, so that the first request need not wait. @throws KeysUnavailableError */
  preload(): Promise<void>
}

const acceptedAlgorithms = ['ES256', 'RS256', 'EdDSA', 'Ed25519']
/** Three base64url parts and nothing else: padding and white space, which decoders let pass, would be other spellings. */
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/
const requiredClaims = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti']

const reasonByClaim: Record<string, TokenErrorReason> = {
  typ: 'type',
  iss: 'issuer',
  aud: 'audience',
  nbf: 'not_yet_valid',
}

const reasonOf = (error: unknown): TokenErrorReason => {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return reasonByClaim[error.claim] ?? 'claims'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'key'
  return 'malformed'
}

/** @throws TypeError where issuer or audience is empty */
export const createTokenVerifier = (options: TokenVerifierOptions): TokenVerifier => {
  const issuer = requiredText('issuer', options.issuer)
  const audience = requiredText('audience', options.audience ?? issuer)
  const now = options.now ?? (() => new Date())
  const toleranceSeconds = options.clockToleranceSeconds ?? 0
  const verified = createVerifiedTokens(options.cacheSize ?? 10_000)
  const jwks = options.jwks ?? `${issuer}/.well-known/jwks.json`
  const keys = createKeySource({
    fetchJwks: typeof jwks === 'function' ? jwks : fetchJwksFrom(jwks, options.fetch),
    now,
    maxAgeSeconds: options.jwksMaxAgeSeconds ?? 300,
    cooldownSeconds: options.jwksCooldownSeconds ?? 5,
    onChange: verified.clear,
    keepsWork: keepsWork(),
  })

  const verifyAnew = async (token: string) => {
    try {
      const { payload } = await jwtVerify(token, keys.getKey, {
        algorithms: acceptedAlgorithms,
        typ: 'at+jwt',
        issuer,
        audience,
        requiredClaims,
        clockTolerance: toleranceSeconds,
        currentDate: now(),
      })
      return parseAccessTokenClaims(payload)
    } catch (error) {
      if (error instanceof TokenError || error instanceof KeysUnavailableError) throw error
      throw new TokenError(reasonOf(error), { cause: error })
    }
  }

  const verifyAsSuch = async (token: string) => {
    if (token.length > maxTokenLength || !compactForm.test(token)) throw new TokenError('malformed')
    const key = await verified.keyOf(token)
    const renewing = verified.find(key) === undefined ? undefined : keys.keepFresh()
    // Whoever waits for new keys may find that the old ones, and what they verified, are gone.
    if (renewing !== undefined) await renewing
    const known = verified.find(key)
    if (known !== undefined) {
      if (known.exp > now().getTime() / 1000 - toleranceSeconds) return known
      verified.forget(key)
      throw new TokenError('expired')
    }
    const claims = await verifyAnew(token)
    verified.remember(key, claims)
    return claims
  }

  return {
    verify: async (token, scheme = 'Bearer') => assertBinding(await verifyAsSuch(token), scheme),
    preload: keys.preload,
  }
}
