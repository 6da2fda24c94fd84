/** How a request says which client it comes from, and what each authentication method makes of it. */
import type { OAuthParameters } from '@latchkey/oauth'
import type { Client, ClientAuthMethod } from '../domain/client.ts'

/** What a request to a token endpoint, or to one of its neighbours, says. */
export interface ClientRequest {
  /** The Authorization header. */
  readonly authorization: string | undefined
  /** The body's. */
  readonly parameters: OAuthParameters
  readonly ipAddress: string
  /** Every DPoP header (RFC 9449 §4.1). */
  readonly proofs?: readonly string[] | undefined
}

/** `replayed`: the client's own, and good once: it has been used before. */
export type Judgement = 'right' | 'wrong' | 'replayed'

/** A client that a request claims to come from, and the proof that it offers. */
export interface AuthenticationAttempt {
  readonly method: ClientAuthMethod
  readonly clientId: string
  /** Whether the proof is that client's. Asked of an unknown client too, so that both cost the same. */
  readonly judge: (client: Client | undefined) => Judgement | Promise<Judgement>
}

/** Undefined where the request does not use the method. @throws OAuthError where it uses it wrongly */
export type FindAttempt = (request: ClientRequest) => AuthenticationAttempt | undefined
