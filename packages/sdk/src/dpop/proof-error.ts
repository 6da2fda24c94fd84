/**
 * What can be wrong with a DPoP proof. Clients see the code and one of two sentences; `reason` is for logs. A key that
 * is not the token's is the token's fault, see token-error.ts.
 */

/** @see RFC 9449 §7.1, §9 */
export type ProofErrorCode = 'invalid_dpop_proof' | 'use_dpop_nonce'

/** What exactly, for logs: it is never on the wire. */
export type ProofErrorReason =
  | 'missing'
  | 'several'
  | 'malformed'
  | 'type'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'claims'
  | 'method'
  | 'target'
  | 'time'
  | 'token'
  | 'replayed'
  | 'nonce'

const descriptions = {
  invalid_dpop_proof: 'Invalid DPoP proof',
  use_dpop_nonce: 'DPoP proof requires a nonce',
} as const satisfies Record<ProofErrorCode, string>

/** A proof that is missing, malformed, forged, for another request, too old or used before. Answer 401. */
export class ProofError extends Error {
  override readonly name = 'ProofError'
  readonly status = 401
  readonly code: ProofErrorCode
  readonly reason: ProofErrorReason
  /** With `use_dpop_nonce`: what the next proof must hold. */
  readonly nonce: string | undefined

  constructor(reason: ProofErrorReason, options?: ErrorOptions & { nonce?: string }) {
    const code = reason === 'nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof'
    super(descriptions[code], options)
    this.code = code
    this.reason = reason
    this.nonce = options?.nonce
  }
}
