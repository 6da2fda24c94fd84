/** Two replicas of the token service, and codes that are redeemed at them. */
import { createKeptLog } from '@latchkey/service-testkit'
import { Redis } from 'ioredis'
import { aClient, type ClientInit, redirectUri } from './a-client.ts'
import { aCode, type CodeInit } from './a-code.ts'
import { startTokenSuite } from './token-under-test.ts'

type Parameters = Readonly<Record<string, string | readonly string[]>>

/** What a code gets that is of no use, or no more. */
export const spent = {
  error: 'invalid_grant',
  error_description: 'Authorization code expired or already used',
}

/** Only the first replica takes DPoP proofs without a nonce, and keeps its log. */
export const startCodeRedemptions = async () => {
  const log = createKeptLog()
  const suite = await startTokenSuite()
  const [replica, other] = await Promise.all([
    suite.startReplica({ DPOP_REQUIRE_NONCE: 'false' }, log.loggerOf('token')),
    suite.startReplica(),
  ])
  const redis = new Redis(suite.redis.url)
  await redis.set('revocation:epoch', 'epoch-1')

  /** A client with a code, and its request for tokens. */
  const aRedemption = async (init: CodeInit & { readonly client?: ClientInit } = {}) => {
    const client = await aClient(suite.database, {
      ...init.client,
      metadata: { token_endpoint_auth_method: 'none', ...init.client?.metadata },
    })
    const issued = await aCode(suite.database, client, init)
    const parameters = {
      grant_type: 'authorization_code',
      client_id: client.id,
      code: issued.code,
      code_verifier: issued.codeVerifier,
      redirect_uri: redirectUri,
    }
    const redeem = (changes: Parameters = {}, at = replica, headers: Record<string, string> = {}) =>
      at.postForm('/oauth/token', { ...parameters, ...changes }, headers)
    return { client, ...issued, parameters, redeem }
  }

  const refresh = (clientId: string, refreshToken: unknown, at = replica) =>
    at.postForm('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: String(refreshToken),
    })

  const isRevoked = async (grantId: string) =>
    (await suite.database.prisma.revocation.findUnique({ where: { key: `grant:${grantId}` } })) !== null

  const close = async (): Promise<void> => {
    redis.disconnect()
    await Promise.all([replica.close(), other.close()])
    await suite.close()
  }

  return { suite, replica, other, redis, log, aRedemption, refresh, isRevoked, close }
}

export type CodeRedemptions = Awaited<ReturnType<typeof startCodeRedemptions>>
