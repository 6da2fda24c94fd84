/** What access tokens are refused by before their time. */

export const grantRevocationKey = (grantId: string): string => `grant:${grantId}`
export const tokenRevocationKey = (jti: string): string => `jti:${jti}`

/** Each of these that is revoked refuses the token. */
export const revocationKeysOf = (claims: {
  readonly jti: string
  readonly grant_id?: string | undefined
}): string[] => [
  tokenRevocationKey(claims.jti),
  ...(claims.grant_id === undefined ? [] : [grantRevocationKey(claims.grant_id)]),
]

/** How long a grant's revocation is remembered: the longest access token, and an hour for clocks that differ. */
export const grantRevocationSeconds = 86_400 + 3_600
