/** An authorization request that has passed every rule, and where its answer goes. */
import type { OAuthParameters, Prompt } from '@latchkey/oauth'
import type { AcrDemand } from '../domain/acr.ts'
import type { Client, ResponseMode } from '../domain/client.ts'
import type { ClaimsRequest } from '../domain/grant.ts'
import type { ClientId } from '../domain/ids.ts'

/** Where answers may be sent: a redirect URI that the client has registered. */
export interface ResponseTarget {
  readonly clientId: ClientId
  readonly redirectUri: string
  readonly responseMode: ResponseMode
  readonly state?: string | undefined
}

export interface AuthorizationRequest {
  readonly client: Client
  readonly target: ResponseTarget
  /** As they count: after the request object and the pushed request. What is stored while the user is asked. */
  readonly parameters: OAuthParameters
  /** S256. */
  readonly codeChallenge?: string | undefined
  readonly nonce?: string | undefined
  readonly scopes: readonly string[]
  /** What the user is to allow: the scopes, and those that would give what `claims` asks for. */
  readonly asked: readonly string[]
  readonly resources: readonly string[]
  readonly prompts: ReadonlySet<Prompt>
  /** How old the user's sign-in may be. */
  readonly maxAgeSeconds?: number | undefined
  readonly claims?: ClaimsRequest | undefined
  readonly acr: AcrDemand
  /** Whom the client means: of `id_token_hint`, or of a `sub` that it asks for by value. */
  readonly expectedSubject?: string | undefined
  readonly dpopJkt?: string | undefined
  /** Id or slug of the organization that the user is to act in. */
  readonly organization?: string | undefined
}

/** What a rule is given. */
export interface RuleInput {
  readonly client: Client
  readonly parameters: OAuthParameters
}
