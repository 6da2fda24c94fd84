/** A token service that is asked about tokens, and the clients that ask. */
import { Redis } from 'ioredis'
import { aClient, type ClientInit } from './a-client.ts'
import { aGrant, createIssuedTokens } from './issued-tokens.ts'
import { addScopes } from './scopes.ts'
import { startTokenSuite } from './token-under-test.ts'

/** All that is said of a token that is good for nothing. */
export const inactive = { active: false }

export const startIntrospectionSuite = async () => {
  const suite = await startTokenSuite()
  await addScopes(suite.database, ['api:read'])
  const replica = await suite.startReplica()
  const issued = await createIssuedTokens(suite)
  const redis = new Redis(suite.redis.url)
  await redis.set('revocation:epoch', 'epoch-1')

  /** A confidential client, and its questions. */
  const anAsker = async (init: ClientInit = {}) => {
    const client = await aClient(suite.database, {
      type: 'confidential',
      ...init,
      metadata: { token_endpoint_auth_method: 'client_secret_post', ...init.metadata },
    })
    const ask = (token: string, parameters: Record<string, string> = {}, at = replica) =>
      at.postForm('/oauth/introspect', {
        client_id: client.id,
        client_secret: client.rawSecret,
        token,
        ...parameters,
      })
    const grant = (differences: Parameters<typeof aGrant>[0] = {}) =>
      aGrant({ clientId: client.id, ...differences })
    return { ...client, ask, grant }
  }

  const close = async () => {
    redis.disconnect()
    await replica.close()
    await suite.close()
  }
  return { ...suite, replica, issued, redis, anAsker, close }
}

export type IntrospectionSuite = Awaited<ReturnType<typeof startIntrospectionSuite>>
