/** What a resource server needs to accept Latchkey's access tokens. */
export type { AccessTokenClaims } from './access-token-claims.ts'
export { bearerFrom, bearerOf } from './bearer.ts'
export { ProofError, type ProofErrorCode, type ProofErrorReason } from './dpop/proof-error.ts'
export {
  type Proof,
  type ProofRequest,
  type ProofRules,
  proofAlgorithms,
  verifyProof,
} from './dpop/verify-proof.ts'
export type { FetchDocument } from './fetch-jwks.ts'
export type { FetchJwks } from './key-source.ts'
export { KeysUnavailableError } from './keys-unavailable-error.ts'
export { claimsOf, requireBearer } from './require-bearer.ts'
export { TokenError, type TokenErrorCode, type TokenErrorReason } from './token-error.ts'
export { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from './token-verifier.ts'
