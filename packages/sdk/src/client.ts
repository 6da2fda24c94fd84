/** A typed client of Latchkey's first-party API, for browsers and for servers. */
export {
  type AuthClient,
  type AuthClientOptions,
  createAuthClient,
  type Registered,
} from './client/auth-client.ts'
export {
  AuthConnectionError,
  type AuthFieldError,
  AuthProblem,
  type AuthProblemCode,
  isAuthProblem,
  NotSignedInError,
} from './client/auth-problem.ts'
export {
  createMemoryStorage,
  createWebStorage,
  type KeyValueStorage,
  type StoredTokens,
  type TokenStorage,
} from './client/token-storage.ts'
export type { AuthSession, AuthUser, Credentials, ProfileChange, Registration } from './client/wire.ts'
