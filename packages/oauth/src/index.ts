/** The protocol's vocabulary, pure: what can be said and compared without a store, a clock or a network. */
export { OAuthError, type OAuthErrorCode, type OAuthErrorInit } from './oauth-error.ts'
