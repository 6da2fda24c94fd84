/**
 * Whether an access token of ours is good at this moment: signed, unexpired, neither it nor its grant revoked, its
 * session live, its client active. Who may use it, and for what, is the caller's question.
 */
import type { AccessTokenClaims } from '../domain/access-token.ts'
import { type Client, honoursTokenOf } from '../domain/client.ts'
import { firstPartyClientId } from '../domain/grant.ts'
import { revocationKeysOf } from '../domain/revocation.ts'
import type { VerifyAccessToken } from '../keys/access-token-verifier.ts'

export type CheckedAccessToken =
  | { readonly outcome: 'live'; readonly claims: AccessTokenClaims }
  | { readonly outcome: 'expired' | 'invalid' | 'revoked' }
  /** Nobody can say now whether its session lives; answer 503. */
  | { readonly outcome: 'undecided' }

export interface CheckAccessTokenDeps {
  readonly clients: { find(id: string): Promise<Client | undefined> }
  readonly verifyAccessToken: VerifyAccessToken
  readonly revocations: {
    /** Whether one of the keys is revoked. */
    findAny(keys: readonly string[]): Promise<boolean>
  }
  readonly checkSession: (token: {
    sessionId: string
    jti: string
  }) => Promise<'live' | 'revoked' | 'undecided'>
}

/** @throws NoSigningKeyError, and what Postgres failed with */
export const createCheckAccessToken = (deps: CheckAccessTokenDeps) => {
  const { clients, verifyAccessToken, revocations, checkSession } = deps

  /** The first-party client is in no table, and cannot go. */
  const isClientGone = async ({ client_id: id, iat }: AccessTokenClaims): Promise<boolean> =>
    id !== firstPartyClientId && !honoursTokenOf(await clients.find(id), iat)

  return async (token: string): Promise<CheckedAccessToken> => {
    const verified = await verifyAccessToken(token)
    if (verified.outcome !== 'valid') return verified
    const { claims } = verified
    const [isGone, isRevoked, session] = await Promise.all([
      isClientGone(claims),
      revocations.findAny(revocationKeysOf(claims)),
      // Without a session there is no such end: a client's own token, or access in the user's absence.
      claims.sid === undefined ? 'live' : checkSession({ sessionId: claims.sid, jti: claims.jti }),
    ])
    if (isGone || isRevoked || session === 'revoked') return { outcome: 'revoked' }
    return session === 'undecided' ? { outcome: 'undecided' } : { outcome: 'live', claims }
  }
}

export type CheckAccessToken = ReturnType<typeof createCheckAccessToken>
