/** What a user has allowed a client. */
export interface Consent {
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
}
