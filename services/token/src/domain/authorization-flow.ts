/** A valid authorization request that waits for its user: to sign in, to consent. */
import type { ClientId } from './ids.ts'

/** The parameters of an authorization request as they count: after the request object and the pushed request. */
export type AuthorizationParameters = Readonly<Record<string, string | readonly string[]>>

export interface AuthorizationFlow {
  readonly clientId: ClientId
  readonly parameters: AuthorizationParameters
  /** A sign-in that ended after this instant answers `prompt=login` and `max_age`. */
  readonly createdAt: Date
}

/** How long a user may take to sign in and consent. */
export const flowTtlSeconds = 1_800
