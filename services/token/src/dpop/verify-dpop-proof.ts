/**
 * The DPoP proof of a request: whether it is right, fresh, and used for the first time in any replica. Whether a proof
 * is needed, and of which key, is the caller's to say (domain/dpop-binding.ts). @see RFC 9449 §4.3, §8, §11.1
 */
import { dpopProofOf, OAuthError, verifyDpopProof } from '@latchkey/oauth'
import type { IdUse } from '../domain/used-id.ts'
import type { DpopNonces } from './nonces.ts'

export interface DpopRequest {
  /** Every DPoP header of the request: `req.headersDistinct.dpop`. */
  readonly proofs: readonly string[] | undefined
  readonly method: string
  /** Below PUBLIC_URL, as `/oauth/token`. */
  readonly path: string
  /** The access token that the request carries; at the token endpoint there is none. */
  readonly accessToken?: string | undefined
}

/** A key whose possession was proved. */
export interface ProvedKey {
  /** RFC 7638 thumbprint. */
  readonly jkt: string
}

export interface VerifyDpopProofDeps {
  readonly publicUrl: string
  readonly nonces: Pick<DpopNonces, 'current' | 'accepts'>
  /** Whether a proof without a nonce is refused; a wrong one always is. */
  readonly requiresNonce: boolean
  readonly usedIds: { use(use: IdUse): Promise<boolean> }
  readonly now: () => Date
}

/** @throws OAuthError `invalid_dpop_proof`, or `use_dpop_nonce` with the nonce; @returns undefined without a proof */
export const createVerifyDpopProof = (deps: VerifyDpopProofDeps) => {
  const { publicUrl, nonces, requiresNonce, usedIds, now } = deps
  const acceptsNonce = (nonce: string | undefined) =>
    nonce === undefined ? !requiresNonce : nonces.accepts(nonce)

  const withNonce = (error: unknown): unknown =>
    error instanceof OAuthError
      ? new OAuthError(error.error, error.description, {
          headers: { 'DPoP-Nonce': nonces.current() },
          cause: error.cause,
        })
      : error

  return async ({ proofs, method, path, accessToken }: DpopRequest): Promise<ProvedKey | undefined> => {
    try {
      const proof = dpopProofOf(proofs)
      if (proof === undefined) return undefined
      const url = `${publicUrl}${path}`
      const { jkt, jti, expiresAt } = await verifyDpopProof(proof, {
        method,
        url,
        accessToken,
        acceptsNonce,
        now: now(),
      })
      const isFirst = await usedIds.use({ kind: 'dpop', owner: jkt, id: jti, expiresAt })
      if (!isFirst)
        throw new OAuthError('invalid_dpop_proof', 'The DPoP proof was used before; make a new one')
      return { jkt }
    } catch (error) {
      throw withNonce(error)
    }
  }
}

export type VerifyDpopProof = ReturnType<typeof createVerifyDpopProof>
