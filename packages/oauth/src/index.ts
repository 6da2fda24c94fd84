/** The protocol's vocabulary, pure: what can be said and compared without a store, a clock or a network. */
export { type DpopExpectation, type DpopProof, dpopProofOf, verifyDpopProof } from './dpop.ts'
export { isJwkThumbprint } from './dpop-key.ts'
export { isSameHttpUri } from './http-uri.ts'
export {
  clientAssertionType,
  clientIdOfAssertion,
  type JudgedAssertion,
  judgeClientAssertion,
} from './jwt-assertion.ts'
export {
  OAuthError,
  type OAuthErrorCode,
  type OAuthErrorInit,
  oauthErrorCodes,
} from './oauth-error.ts'
export { findParameter, getParameter, listParameter, type OAuthParameters } from './parameters.ts'
export { isCodeChallenge, isVerifierOf } from './pkce.ts'
export { type Prompt, parsePrompt, prompts } from './prompt.ts'
export { isRegisteredRedirectUri, isSameRedirectUri } from './redirect-uri.ts'
export { isResource, parseResources } from './resource.ts'
export { formatScope, isScopeWord, parseScope } from './scope.ts'
export {
  allowedAlgorithms,
  type ClientSignatureAlgorithm,
  clientSignatureAlgorithms,
  isCompactJws,
} from './signature-algorithms.ts'
