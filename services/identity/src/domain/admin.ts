/** Who manages users: a client of an operator, with a token of its own. */

/** What of a request says who makes it. */
export interface AdminCall {
  /** Every Authorization header. */
  readonly authorization: readonly string[]
  /** Every DPoP header. */
  readonly proofs: readonly string[]
  readonly method: string
  readonly path: string
}

export interface Admin {
  readonly clientId: string
}

export interface AuthorizedAdmin {
  readonly admin: Admin
  /** The next nonce for a client that proves possession of a key. @see RFC 9449 §8.2 */
  readonly dpopNonce: string | undefined
}

export type AuthorizeAdmin = (call: AdminCall, scope: string) => Promise<AuthorizedAdmin>
