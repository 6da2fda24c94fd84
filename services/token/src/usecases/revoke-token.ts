/**
 * Ends a token at the word of the client that it was issued to. A refresh token takes its family and every access token
 * of its grant along; an access token ends alone. Both are in Postgres before the answer, so that no restart and no other
 * replica brings them back. What is unknown needs no ending, and the client is told the same.
 * @see RFC 7009 §2
 */
import { getParameter, OAuthError } from '@latchkey/oauth'
import type { Logger } from '@latchkey/runtime/logger'
import type { ClientRequest } from '../client-authentication/index.ts'
import type { Client } from '../domain/client.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { GrantId } from '../domain/ids.ts'
import type { KnownFamily } from '../domain/refresh-family.ts'
import { isRefreshToken } from '../domain/refresh-token.ts'
import { tokenRevocationKey } from '../domain/revocation.ts'
import type { VerifyAccessToken } from '../keys/access-token-verifier.ts'
import type { AuthenticateClient } from './authenticate-client.ts'

export interface RevokeTokenDeps {
  readonly authenticateClient: AuthenticateClient
  readonly verifyAccessToken: VerifyAccessToken
  readonly families: {
    /** Used, expired and ended tokens too. */
    find(tokenHash: Buffer): Promise<KnownFamily | undefined>
  }
  readonly revocations: {
    /** @param expiresAt when what it revokes has expired anyway */
    add(key: string, expiresAt: Date): Promise<void>
  }
  readonly grantRevocations: {
    /** With its family, if it has one, and all of its access tokens. Again changes nothing. */
    revoke(id: GrantId, reason: string): Promise<void>
  }
  /** Shows operators in Redis what is revoked; nothing here reads it. */
  readonly showRevoked: (jti: string, expiresAt: Date, clientId: string) => Promise<void>
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

/** Another client's token is refused and stays what it was (RFC 7009 §2.1): who holds it learns nothing new. */
const refuseOthers = (client: Client, clientId: string): void => {
  if (clientId !== client.id)
    throw new OAuthError('invalid_request', 'The token was issued to another client')
}

/** @throws OAuthError; NoSigningKeyError; what Postgres failed with */
export const createRevokeToken = (deps: RevokeTokenDeps) => {
  const { families, revocations, grantRevocations, logger } = deps

  const revokeRefreshToken = async (client: Client, rawToken: string): Promise<void> => {
    const family = await families.find(hashSecret(rawToken))
    if (family === undefined) return
    const { grant } = family
    refuseOthers(client, grant.clientId)
    await grantRevocations.revoke(grant.id, 'revoked')
    logger.info({ client_id: client.id, grant_id: grant.id }, 'a refresh token was revoked with its grant')
  }

  const revokeAccessToken = async (client: Client, token: string): Promise<void> => {
    const verified = await deps.verifyAccessToken(token)
    if (verified.outcome !== 'valid') return
    const { client_id: clientId, jti, exp } = verified.claims
    refuseOthers(client, clientId)
    const expiresAt = new Date(exp * 1000)
    await revocations.add(tokenRevocationKey(jti), expiresAt)
    await deps.showRevoked(jti, expiresAt, client.id).catch((error: unknown) => {
      logger.warn({ error, jti }, 'a revoked token is not shown in Redis')
    })
    logger.info({ client_id: client.id, jti }, 'an access token was revoked')
  }

  return async (request: ClientRequest): Promise<void> => {
    const client = await deps.authenticateClient(request)
    const token = getParameter(request.parameters, 'token')
    // A hint that is wrong or unknown is as good as none (§2.1): the form of a token says what it is.
    await (isRefreshToken(token) ? revokeRefreshToken : revokeAccessToken)(client, token)
  }
}

export type RevokeToken = ReturnType<typeof createRevokeToken>
