/**
 * Exchanges a refresh token of the first-party API for the next pair (draft OAuth 2.1 §4.3). The session's state is
 * asked first, so that a token is never used up by a request that could not be answered; the rotation itself decides
 * every race.
 */
import { accessTokenOfGrant } from '../domain/access-token.ts'
import { firstPartyClientId } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { KnownFamily } from '../domain/refresh-family.ts'
import { isRefreshToken } from '../domain/refresh-token.ts'
import type { SignAccessToken } from '../keys/access-token-signer.ts'
import type { TokenSet } from './issue-tokens.ts'
import type { UseRefreshToken } from './use-refresh-token.ts'

export interface RefreshInput {
  readonly rawToken: string
  readonly ipAddress: string
}

export type RefreshResult =
  | { readonly outcome: 'refreshed'; readonly tokens: TokenSet }
  | { readonly outcome: 'refused' }
  /** Nobody can say now whether the session lives; nothing was used up. */
  | { readonly outcome: 'undecided' }

export interface RefreshTokensDeps {
  readonly families: {
    /** What a token stands for, used, expired and ended ones too; undefined for an unknown one. */
    find(tokenHash: Buffer): Promise<KnownFamily | undefined>
  }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly signAccessToken: SignAccessToken
  readonly useRefreshToken: UseRefreshToken
  readonly recordActivity: (activity: { sessionId: string; at: Date; ipAddress: string }) => void
  readonly now: () => Date
}

const refused = { outcome: 'refused' } as const

export const createRefreshTokens =
  (deps: RefreshTokensDeps) =>
  async ({ rawToken, ipAddress }: RefreshInput): Promise<RefreshResult> => {
    if (!isRefreshToken(rawToken)) return refused
    const family = await deps.families.find(hashSecret(rawToken))
    // Another client's token opens nothing here, and is not used up by being brought here.
    if (family === undefined || family.grant.clientId !== firstPartyClientId) return refused
    const { sessionId } = family.grant
    const session = await deps.checkSession({ sessionId })
    if (session === 'revoked') return refused
    if (session === 'undecided') return { outcome: 'undecided' }

    // Signed before the token is used up: without a signing key the client must be able to try again.
    const signed = await deps.signAccessToken(accessTokenOfGrant(family.grant, family.authority))
    const use = await deps.useRefreshToken({ rawToken, family })
    if (use.outcome !== 'used') return use
    deps.recordActivity({ sessionId, at: deps.now(), ipAddress })
    const { refreshToken, refreshExpiresInSeconds } = use
    return { outcome: 'refreshed', tokens: { ...signed, refreshToken, refreshExpiresInSeconds } }
  }

export type RefreshTokens = ReturnType<typeof createRefreshTokens>
