/**
 * Exchanges a client's refresh token for new tokens of the same grant: never more of it, never for another client or
 * key. What can be refused is refused before the token is used up. @see draft OAuth 2.1 §4.3, RFC 9449 §5
 */
import { formatScope, OAuthError, parseScope } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'
import { narrowResources } from '../domain/client-resources.ts'
import { checkGrantKey } from '../domain/dpop-binding.ts'
import type { Grant } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { KnownFamily } from '../domain/refresh-family.ts'
import { isRefreshToken } from '../domain/refresh-token.ts'
import type { IssuedTokens } from '../grants/token-request.ts'
import type { SignGrantTokens } from './sign-grant-tokens.ts'
import type { UseRefreshToken } from './use-refresh-token.ts'

export interface RefreshGrantInput {
  readonly client: Client
  readonly rawToken: string
  readonly scope?: string | undefined
  readonly resources: readonly string[]
  readonly dpopJkt?: string | undefined
  readonly ipAddress: string
}

export interface RefreshGrantDeps {
  readonly families: {
    /** What a token stands for, used, expired and ended ones too; undefined for an unknown one. */
    find(tokenHash: Buffer): Promise<KnownFamily | undefined>
  }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly signGrantTokens: SignGrantTokens
  readonly useRefreshToken: UseRefreshToken
  readonly recordActivity: (activity: { sessionId: string; at: Date; ipAddress: string }) => void
  readonly now: () => Date
}

/** One answer for whatever is wrong with a refresh token: who probes learns nothing. */
const invalidRefreshToken = () => new OAuthError('invalid_grant', 'Invalid or expired refresh token')

const undecided = (what: string) =>
  new OAuthError('temporarily_unavailable', `${what} can’t be checked at the moment`, {
    headers: { 'Retry-After': '2' },
  })

/** Never more than was granted, nor what the client has lost since. */
const narrowScope = ({ metadata }: Client, granted: string, requested: string | undefined): string => {
  const all = parseScope(granted)
  const wanted = requested === undefined ? all : parseScope(requested)
  if (!wanted.every(scope => all.includes(scope))) {
    throw new OAuthError('invalid_scope', 'scope is more than what was granted')
  }
  return formatScope(wanted.filter(scope => metadata.scopes.includes(scope)))
}

/**
 * What bound the tokens of a client that has become public, its authentication, is gone: they rotate from now on.
 * @see draft OAuth 2.1 §4.3.1
 */
const boundAnew = (family: KnownFamily, { type }: Client): KnownFamily => ({
  ...family,
  rotates: family.rotates || type === 'public',
})

/** @throws OAuthError, NoSigningKeyError */
export const createRefreshGrant = (deps: RefreshGrantDeps) => {
  const checkSession = async ({ isOffline, sessionId }: Grant): Promise<void> => {
    const session = isOffline ? 'live' : await deps.checkSession({ sessionId })
    if (session === 'revoked') throw invalidRefreshToken()
    if (session === 'undecided') throw undecided('Sessions')
  }

  return async (input: RefreshGrantInput): Promise<IssuedTokens> => {
    const { client, rawToken, dpopJkt, ipAddress } = input
    const family = isRefreshToken(rawToken) ? await deps.families.find(hashSecret(rawToken)) : undefined
    // Another client's token is not used up by being brought here: else it could be ended by a stranger.
    if (family === undefined || family.grant.clientId !== client.id) throw invalidRefreshToken()
    const { grant, authority } = family
    checkGrantKey(grant.dpopJkt, dpopJkt)
    const scope = narrowScope(client, grant.scope, input.scope)
    const resources = narrowResources(grant.resources, input.resources)
    await checkSession(grant)

    // Signed before the token is used up: without a signing key the client must be able to try again.
    const tokens = await deps.signGrantTokens({ client, grant, authority, scope, resources, dpopJkt })
    const { refreshTokenTtlSeconds: ttlSeconds } = client.metadata
    const use = await deps.useRefreshToken({ rawToken, family: boundAnew(family, client), ttlSeconds })
    if (use.outcome === 'refused') throw invalidRefreshToken()
    if (use.outcome === 'undecided') throw undecided('The refresh token')
    if (!grant.isOffline) {
      // The address of a client that is a server says nothing about its user.
      const from = client.type === 'public' ? ipAddress : ''
      deps.recordActivity({ sessionId: grant.sessionId, at: deps.now(), ipAddress: from })
    }
    const { refreshToken, refreshExpiresInSeconds } = use
    return { ...tokens, refreshToken, refreshExpiresInSeconds }
  }
}

export type RefreshGrant = ReturnType<typeof createRefreshGrant>
