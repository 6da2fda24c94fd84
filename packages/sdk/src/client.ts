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
  type AuthProblemMfa,
  isAuthProblem,
  NotSignedInError,
} from './client/auth-problem.ts'
export type { EmailChangeProof, EmailSignIn, EmailVerification } from './client/email.ts'
export type { ExternalAccount } from './client/external-accounts.ts'
export type {
  AuthFactor,
  AuthFactors,
  ConfirmedTotp,
  EnrolledAtSignIn,
  SecondFactorCode,
  TotpSecret,
} from './client/mfa.ts'
export type {
  AuthInvitation,
  AuthMember,
  AuthOrganization,
  MemberPage,
  NewInvitation,
} from './client/organizations.ts'
export type {
  AddedPasskey,
  AuthPasskey,
  NewPasskeyCredential,
  PasskeyAssertion,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
} from './client/passkeys.ts'
export type { AuthProvider, ProviderCode, ProviderJourney, ProviderRequest } from './client/providers.ts'
export {
  createMemoryStorage,
  createWebStorage,
  type KeyValueStorage,
  type StoredTokens,
  type TokenStorage,
} from './client/token-storage.ts'
export type {
  AuthExport,
  AuthHealth,
  AuthSession,
  AuthUser,
  Credentials,
  EndedSession,
  ExportedSession,
  KnownAddress,
  ProfileChange,
  Registration,
} from './client/wire.ts'
