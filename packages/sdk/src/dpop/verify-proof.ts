/**
 * The checks of a DPoP proof that need nothing but the proof and its request (RFC 9449 §4.3); what was used before, and
 * which nonces are good, is in dpop.ts. The authorization server has checks of its own (packages/oauth), since this
 * package is published and stands alone; a test has both read the same proofs.
 */
import {
  calculateJwkThumbprint,
  EmbeddedJWK,
  errors,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { sha256 } from '#sha256'
import { ProofError, type ProofErrorReason } from './proof-error.ts'
import { parseTargetUri } from './target-uri.ts'

/** The request that a proof came with. */
export interface ProofRequest {
  readonly method: string
  /** The request's absolute address, as its client knows it. Query and fragment do not count. */
  readonly url: string | URL
  /** Where the request carries an access token, the proof must be for this one (`ath`). */
  readonly accessToken?: string
}

/** What is accepted, and when it is now. */
export interface ProofRules {
  readonly now: Date
  /** Default: `proofAlgorithms`. */
  readonly algorithms?: readonly string[] | undefined
  /** How old a proof may be. Default 60. */
  readonly maxAgeSeconds?: number | undefined
  /** How far the client's clock may be ahead or behind. Default 10. */
  readonly clockToleranceSeconds?: number | undefined
}

/** What a good proof says. */
export interface Proof {
  /** The JWK SHA-256 thumbprint of the key that signed it (RFC 7638): what `cnf.jkt` of a bound token is. */
  readonly thumbprint: string
  readonly jti: string
  readonly issuedAt: Date
  /** From when the proof is too old anyway: until then its `jti` must be remembered. */
  readonly expiresAt: Date
  readonly nonce: string | undefined
}

/** The accepted `alg`s where nothing else is said: those that Latchkey binds tokens to. */
export const proofAlgorithms: readonly string[] = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
]

const defaultMaxAgeSeconds = 60
// FAPI 2.0 §5.3.2.1: clocks up to 10 s ahead are accepted.
const defaultToleranceSeconds = 10
// A proof with a key of RSA-4096 has 2,300 characters.
const longestProof = 4096
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

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
// Each exponent that is in use has at most three bytes; one as long as the modulus makes a verification dear.
const longestExponent = 6

/** @param alg that of the proof: a key may say what it is for (RFC 7517 §4.4) */
const isUsableKey = (jwk: JWK | undefined, alg: string | undefined): boolean =>
  typeof jwk === 'object' &&
  jwk !== null &&
  (jwk.alg === undefined || jwk.alg === alg) &&
  !privateMembers.some(member => member in jwk) &&
  !(typeof jwk.e === 'string' && jwk.e.length > longestExponent)

/** The public key in the proof's own header: who made the proof is whoever holds its private half. */
const embeddedKey: JWTVerifyGetKey = async (header, token) => {
  if (!isUsableKey(header.jwk, header.alg)) throw new ProofError('key')
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
