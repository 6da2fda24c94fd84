/**
 * The checks of a DPoP proof that need nothing but the proof and its request (RFC 9449 §4.3); what was used before, and
 * which nonces are good, is in dpop-check.ts. The authorization server checks proofs with this same code.
 */
import {
  calculateJwkThumbprint,
  EmbeddedJWK,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { sha256 } from '#sha256'
import { ProofError, type ProofErrorReason } from './proof-error.ts'
import { parseTargetUri } from './target-uri.ts'

export interface ProofRequest {
  readonly method: string
  /** The request's absolute address, as its client knows it. Query and fragment do not count. */
  readonly url: string | URL
  /** Where the request carries an access token, the proof must be for this one (`ath`). */
  readonly accessToken?: string
}

export interface ProofRules {
  readonly now: Date
  /** Default: `proofAlgorithms`. */
  readonly algorithms?: readonly string[]
  /** How old a proof may be. Default 60. */
  readonly maxAgeSeconds?: number
  /** How far the client's clock may be ahead, or behind. Default 5. */
  readonly clockToleranceSeconds?: number
}

export interface Proof {
  /** The JWK SHA-256 thumbprint of the key that signed it (RFC 7638): what `cnf.jkt` of a bound token is. */
  readonly thumbprint: string
  readonly jti: string
  readonly issuedAt: Date
  /** From when the proof is too old anyway: until then its `jti` must be remembered. */
  readonly expiresAt: Date
  readonly nonce: string | undefined
}

/** The accepted `alg`s where nothing else is said. */
export const proofAlgorithms: readonly string[] = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256']

const defaultMaxAgeSeconds = 60
const defaultToleranceSeconds = 5
const longestProof = 8192
const longestJti = 256
const longestNonce = 512
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/

const reasonByClaim: Record<string, ProofErrorReason> = { typ: 'type', iat: 'time', exp: 'time', nbf: 'time' }

const reasonOf = (error: unknown): ProofErrorReason => {
  if (error instanceof errors.JWTExpired) return 'time'
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.reason === 'missing' ? 'claims' : (reasonByClaim[error.claim] ?? 'claims')
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  return 'malformed'
}

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= longest

interface ProofClaims {
  readonly jti: string
  readonly htm: string
  readonly htu: string
  readonly iat: number
  readonly nonce: string | undefined
  readonly ath: unknown
}

const parseClaims = ({ jti, htm, htu, iat, nonce, ath }: JWTPayload): ProofClaims => {
  if (!isText(jti, longestJti) || !isText(htm, 64) || !isText(htu, longestProof) || typeof iat !== 'number')
    throw new ProofError('claims')
  if (nonce !== undefined && !isText(nonce, longestNonce)) throw new ProofError('claims')
  return { jti, htm, htu, iat, nonce, ath }
}

/** The public key in the proof's own header: who made the proof is whoever holds its private half. */
const embeddedKey: JWTVerifyGetKey = async (header, token) => {
  try {
    return await EmbeddedJWK(header, token)
  } catch (cause) {
    throw new ProofError('key', { cause })
  }
}

/** The claims, and the thumbprint of the key, once the signature is good. */
const readProof = async (proof: string, rules: ProofRules) => {
  if (proof.length > longestProof || !compactForm.test(proof)) throw new ProofError('malformed')
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, embeddedKey, {
      typ: 'dpop+jwt',
      algorithms: [...(rules.algorithms ?? proofAlgorithms)],
      requiredClaims: ['jti', 'htm', 'htu', 'iat'],
      maxTokenAge: rules.maxAgeSeconds ?? defaultMaxAgeSeconds,
      clockTolerance: rules.clockToleranceSeconds ?? defaultToleranceSeconds,
      currentDate: rules.now,
    })
    const { jwk } = protectedHeader
    if (jwk === undefined) throw new ProofError('key')
    return { claims: parseClaims(payload), thumbprint: await calculateJwkThumbprint(jwk) }
  } catch (error) {
    if (error instanceof ProofError) throw error
    throw new ProofError(reasonOf(error), { cause: error })
  }
}

/**
 * @throws ProofError where the proof is not good for this request
 * @see RFC 9449 §4.2, §4.3
 */
export const verifyProof = async (
  proof: string,
  request: ProofRequest,
  rules: ProofRules,
): Promise<Proof> => {
  const { claims, thumbprint } = await readProof(proof, rules)
  if (claims.htm !== request.method) throw new ProofError('method')
  const target = parseTargetUri(claims.htu)
  if (target === undefined || target !== parseTargetUri(String(request.url))) throw new ProofError('target')
  if (request.accessToken !== undefined && claims.ath !== (await sha256(request.accessToken)))
    throw new ProofError('token')
  const lifetimeSeconds =
    (rules.maxAgeSeconds ?? defaultMaxAgeSeconds) + (rules.clockToleranceSeconds ?? defaultToleranceSeconds)
  return {
    thumbprint,
    jti: claims.jti,
    issuedAt: new Date(claims.iat * 1000),
    expiresAt: new Date((claims.iat + lifetimeSeconds) * 1000),
    nonce: claims.nonce,
  }
}
