/** What every entry point has, whatever runs it. */
export {
  type Access,
  type AccessCheck,
  type AccessOptions,
  type AccessRequest,
  type AccessVerifier,
  createAccessCheck,
} from './access/access-check.ts'
export type { AccessError, Refusal } from './access/refusal.ts'
export type { AccessTokenClaims, Confirmation } from './access-token-claims.ts'
export {
  type AuthenticationRule,
  assertAuthentication,
  InsufficientUserAuthenticationError,
} from './authentication.ts'
export { type AuthorityRule, assertAuthority, ForbiddenError, type Names } from './authority.ts'
export { bearerFrom } from './bearer-from.ts'
export { createDPoP, type DPoP, type DPoPOptions } from './dpop/dpop.ts'
export { createNonces, type NonceSource, type NoncesOptions } from './dpop/nonces.ts'
export { ProofError, type ProofErrorCode, type ProofErrorReason } from './dpop/proof-error.ts'
export {
  createMemoryReplayStore,
  type MemoryReplayStoreOptions,
  type ReplayStore,
} from './dpop/replay-store.ts'
export {
  type Proof,
  type ProofRequest,
  type ProofRules,
  proofAlgorithms,
  verifyProof,
} from './dpop/verify-proof.ts'
export type { FetchDocument } from './fetch-jwks.ts'
export type { FetchForm } from './introspection/ask-introspection.ts'
export {
  createIntrospection,
  type Introspection,
  type IntrospectionOptions,
} from './introspection/introspection.ts'
export type { FetchJwks } from './key-source.ts'
export { KeysUnavailableError } from './keys-unavailable-error.ts'
export { assertScope, InsufficientScopeError, type Scope } from './scope.ts'
export type { TokenScheme } from './token-binding.ts'
export { TokenError, type TokenErrorCode, type TokenErrorReason } from './token-error.ts'
export { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from './token-verifier.ts'
export { type UnavailableCode, UnavailableError } from './unavailable-error.ts'
