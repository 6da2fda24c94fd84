/**
 * DPoP proofs (RFC 9449): whether one shows, for this very request, that who sent it has the private key. All that can
 * be told from the proof and the request; whether its `jti` was seen before is the store's to tell.
 */
import { createHash } from 'node:crypto'
import { errors, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose'
import { jwkThumbprint, publicJwkOf } from './dpop-key.ts'
import { isSameHttpUri } from './http-uri.ts'
import { OAuthError } from './oauth-error.ts'
import { clientSignatureAlgorithms, isCompactJws } from './signature-algorithms.ts'

/** What the proof must be about. */
export interface DpopExpectation {
  readonly method: string
  /** The request's address as clients know it, whatever a proxy made of it. */
  readonly url: string
  /** The access token that comes with it; undefined where none does. */
  readonly accessToken?: string | undefined
  /** Whether the proof's nonce will do; asked with undefined where it has none. */
  readonly acceptsNonce: (nonce: string | undefined) => boolean
  readonly now: Date
}

export interface DpopProof {
  /** RFC 7638 thumbprint of the key. */
  readonly jkt: string
  readonly jti: string
  /** From then on its age alone refuses it. */
  readonly expiresAt: Date
}

// Longer ones are nobody's: a proof with a key of RSA-4096 has 2,300 characters.
const maxProofLength = 4_096
const maxIdLength = 256

// FAPI 2.0 §5.3.2.1: clocks up to 10 s ahead are accepted, more than 60 s are not.
const maxAheadSeconds = 60
const maxAgeSeconds = 300

const invalid = (description: string, cause?: unknown) =>
  new OAuthError('invalid_dpop_proof', description, { cause })

/**
 * The proof of a request, undefined without one. @param headers every DPoP header of the request
 * @throws OAuthError where there are several (§4.3 check 1)
 */
export const dpopProofOf = (headers: readonly string[] | undefined): string | undefined => {
  const [proof, ...others] = headers ?? []
  if (others.length > 0) throw invalid('The request must have one DPoP header, and it has several')
  return proof
}

/** Why `jose` refused, in words that help. */
const refusal = (error: unknown): OAuthError => {
  if (error instanceof OAuthError) return error
  if (error instanceof errors.JOSEAlgNotAllowed)
    return invalid(`The DPoP proof must be signed with one of ${clientSignatureAlgorithms.join(', ')}`, error)
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return invalid('The signature of the DPoP proof does not fit its key', error)
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'typ')
    return invalid('The typ of the DPoP proof must be dpop+jwt', error)
  if (error instanceof errors.JWTExpired) return invalid('The DPoP proof has expired', error)
  return invalid('The DPoP proof is not a valid JWT', error)
}

/** Signature, type, algorithm and key (checks 2 to 7). */
const open = async (proof: string, now: Date): Promise<{ jwk: JWK; payload: JWTPayload }> => {
  if (proof.length > maxProofLength || !isCompactJws(proof)) throw invalid('The DPoP proof is not a JWT')
  let jwk: JWK | undefined
  try {
    const { payload } = await jwtVerify(
      proof,
      header => {
        jwk = publicJwkOf(header.jwk)
        if (jwk === undefined)
          throw invalid('The DPoP proof must have its public key, and no private one, in jwk')
        // RFC 7517 §4.4: what the key is for. A PSS key must not be had to sign with RS256.
        if (header.jwk?.alg !== undefined && header.jwk.alg !== header.alg)
          throw invalid('The alg of the DPoP proof is not the one that its jwk is for')
        return importJWK(jwk, header.alg)
      },
      {
        algorithms: [...clientSignatureAlgorithms],
        typ: 'dpop+jwt',
        clockTolerance: maxAheadSeconds,
        currentDate: now,
      },
    )
    if (jwk === undefined) throw new Error('Verified without a key')
    return { jwk, payload }
  } catch (error) {
    throw refusal(error)
  }
}

const checkRequest = (payload: JWTPayload, { method, url }: DpopExpectation): void => {
  const { htm, htu } = payload
  if (htm !== method) throw invalid(`The htm of the DPoP proof must be ${method}`)
  if (typeof htu !== 'string' || !isSameHttpUri(htu, url))
    throw invalid(`The htu of the DPoP proof must be ${url}`)
}

/** @returns when the proof is too old */
const checkAge = ({ iat }: JWTPayload, now: Date): Date => {
  if (iat === undefined) throw invalid('The DPoP proof must have an iat')
  const ageSeconds = now.getTime() / 1_000 - iat
  if (ageSeconds < -maxAheadSeconds) throw invalid('The iat of the DPoP proof is in the future')
  if (ageSeconds > maxAgeSeconds) throw invalid(`The DPoP proof is older than ${maxAgeSeconds} s`)
  return new Date((iat + maxAgeSeconds) * 1_000)
}

const checkAccessToken = ({ ath }: JWTPayload, accessToken: string | undefined): void => {
  if (accessToken === undefined) return
  if (ath !== createHash('sha256').update(accessToken).digest('base64url'))
    throw invalid('The ath of the DPoP proof must be the SHA-256 of the access token')
}

/**
 * Checks 2 to 12 of §4.3, but for the one use of the `jti`.
 * @throws OAuthError `invalid_dpop_proof`, or `use_dpop_nonce` where all but the nonce is right
 * @see RFC 9449 §4.3, §8
 */
export const verifyDpopProof = async (proof: string, expected: DpopExpectation): Promise<DpopProof> => {
  const { jwk, payload } = await open(proof, expected.now)
  const { jti, nonce } = payload
  if (typeof jti !== 'string' || jti === '' || jti.length > maxIdLength)
    throw invalid(`The DPoP proof must have a jti of at most ${maxIdLength} characters`)
  checkRequest(payload, expected)
  checkAccessToken(payload, expected.accessToken)
  const expiresAt = checkAge(payload, expected.now)
  if (!expected.acceptsNonce(typeof nonce === 'string' ? nonce : undefined))
    throw new OAuthError('use_dpop_nonce', 'The DPoP proof must have the nonce of the DPoP-Nonce header')
  return { jkt: jwkThumbprint(jwk), jti, expiresAt }
}
