/** What every grant is given, and what it gives. */
import type { OAuthParameters } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'

/** A request of an authenticated client that may use the grant. */
export interface TokenRequest {
  readonly client: Client
  readonly parameters: OAuthParameters
  readonly ipAddress: string
  /** RFC 7638 thumbprint of the key that the request's DPoP proof was made with. */
  readonly dpopJkt?: string | undefined
}

/** @see draft OAuth 2.1 §3.2.3 */
export interface IssuedTokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  /** Space-separated; empty where nothing was granted by name. */
  readonly scope: string
  /** Bound to the request's DPoP key. */
  readonly isDpopBound: boolean
  readonly refreshToken?: string | undefined
  readonly refreshExpiresInSeconds?: number | undefined
  readonly idToken?: string | undefined
  /** @see RFC 8693 §2.2.1 */
  readonly issuedTokenType?: string | undefined
}

/** @throws OAuthError */
export type AnswerGrant = (request: TokenRequest) => Promise<IssuedTokens>
