/**
 * The assertion by which a client authenticates with a key of its own (`private_key_jwt`): what it must say, whoever
 * verified it. Whether its `jti` was seen before is the store's to tell.
 *
 * @see RFC 7523 §3, OpenID Connect Core §9, FAPI 2.0 §5.3.2.1
 */
import { decodeJwt, errors, type JWTPayload, type JWTVerifyOptions, type JWTVerifyResult } from 'jose'
import { allowedAlgorithms, type ClientSignatureAlgorithm, isCompactJws } from './signature-algorithms.ts'

export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface AssertionExpectation {
  readonly clientId: string
  readonly issuer: string
  /** The one algorithm that the client has registered; undefined: any. */
  readonly algorithm?: ClientSignatureAlgorithm | undefined
  readonly now: Date
  /** Verifies with the client's keys, and checks what it is told to. @throws what `jose` throws */
  readonly verify: (assertion: string, options: JWTVerifyOptions) => Promise<JWTVerifyResult>
}

export type JudgedAssertion =
  | {
      readonly outcome: 'right'
      readonly jti: string
      /** From then on its age alone refuses it. */
      readonly expiresAt: Date
    }
  /** `reason` is for the logs: the client is told no more than that it was not authenticated. */
  | { readonly outcome: 'refused'; readonly reason: string }

const maxAssertionLength = 8_192
const maxIdLength = 256

// Libraries sign for one to ten minutes; a longer life would only be a thief's.
const maxLifeSeconds = 600

// FAPI 2.0 §5.3.2.1: clocks up to 10 s ahead are accepted, more than 60 s are not.
const skewSeconds = 30

/** Explicit typing, or what libraries wrote before it; never a request object, an access token or a proof. */
const types: readonly unknown[] = [undefined, 'jwt', 'client-authentication+jwt']

/** Whom an assertion claims to be of: unverified, to find the keys by. Undefined for what is no assertion. */
export const clientIdOfAssertion = (assertion: string): string | undefined => {
  if (assertion.length > maxAssertionLength || !isCompactJws(assertion)) return undefined
  try {
    const { sub } = decodeJwt(assertion)
    return typeof sub === 'string' && sub !== '' ? sub : undefined
  } catch {
    return undefined
  }
}

const refused = (reason: string): JudgedAssertion => ({ outcome: 'refused', reason })

const reasonOf = (error: unknown): string => {
  if (error instanceof errors.JOSEAlgNotAllowed) return 'the algorithm is not allowed'
  if (error instanceof errors.JWKSNoMatchingKey) return 'the client has no such key'
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'the signature is of no key of the client'
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `${error.claim} is missing or wrong`
  return 'it is not a valid JWT'
}

const judgeClaims = ({ aud, exp = 0, iat, jti }: JWTPayload, { issuer, now }: AssertionExpectation) => {
  const nowSeconds = now.getTime() / 1_000
  // One audience, as text: an assertion that others accept too could be passed on by one of them (RFC 7523bis).
  if (aud !== issuer) return refused('aud must be the issuer, and nothing else')
  if (exp > nowSeconds + maxLifeSeconds + skewSeconds)
    return refused(`exp is more than ${maxLifeSeconds} s ahead`)
  if (iat !== undefined && iat > nowSeconds + skewSeconds) return refused('iat is in the future')
  if (typeof jti !== 'string' || jti === '' || jti.length > maxIdLength)
    return refused(`jti is missing or longer than ${maxIdLength} characters`)
  return { outcome: 'right', jti, expiresAt: new Date((exp + skewSeconds) * 1_000) } as const
}

/** Whether an assertion is the client's, for this issuer, and fresh. @throws what is no fault of the assertion */
export const judgeClientAssertion = async (
  assertion: string,
  expected: AssertionExpectation,
): Promise<JudgedAssertion> => {
  try {
    const { payload, protectedHeader } = await expected.verify(assertion, {
      algorithms: allowedAlgorithms(expected.algorithm),
      issuer: expected.clientId,
      subject: expected.clientId,
      requiredClaims: ['aud', 'exp', 'jti'],
      clockTolerance: skewSeconds,
      currentDate: expected.now,
    })
    if (!types.includes(protectedHeader.typ?.toLowerCase()))
      return refused('typ is that of another kind of JWT')
    return judgeClaims(payload, expected)
  } catch (error) {
    if (error instanceof errors.JOSEError) return refused(reasonOf(error))
    throw error
  }
}
