import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTestDatabase } from '@latchkey/testkit'
import { aClient, redirectUri } from './a-client.ts'
import { aCode } from './a-code.ts'
import { aGrant, createIssuedTokens } from './issued-tokens.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica

beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica()
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

/** A client that may use every grant of these tests, with a code and a refresh token that it has not used yet. */
const aGrantee = async () => {
  const client = await aClient(suite.database, {
    type: 'confidential',
    metadata: {
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
  })
  const ask = (parameters: Record<string, string>) =>
    replica.postForm('/oauth/token', { client_id: client.id, client_secret: client.rawSecret, ...parameters })
  const redemption = async () => {
    const { code, codeVerifier } = await aCode(suite.database, client)
    return { grant_type: 'authorization_code', code, code_verifier: codeVerifier, redirect_uri: redirectUri }
  }
  const { body } = await ask(await redemption())
  const refresh = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) }
  return { ask, refresh, redeem: await redemption(), machine: { grant_type: 'client_credentials' } }
}

/** A user's access token, and its client's questions about it. */
const aHeldToken = async () => {
  const client = await aClient(suite.database, {
    type: 'confidential',
    metadata: { token_endpoint_auth_method: 'client_secret_post' },
  })
  const issued = await createIssuedTokens(suite)
  const grant = aGrant({ clientId: client.id })
  await issued.knowSubject(grant)
  const accessToken = await issued.accessToken(grant)
  const ask = (path: string) =>
    replica.postForm(path, { client_id: client.id, client_secret: client.rawSecret, token: accessToken })
  return { ...client, accessToken, ask }
}

describe('without Postgres', () => {
  it('the token endpoint answers 503 in OAuth’s words, and uses nothing up', async () => {
    const { ask, refresh, redeem } = await aGrantee()
    await suite.database.stop()
    const refused = await Promise.all([ask(refresh), ask(redeem)])
    await suite.database.start()
    for (const { status, headers, body } of refused) {
      expect([status, body.error]).toEqual([503, 'temporarily_unavailable'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect((await ask(refresh)).status).toBe(200)
    expect((await ask(redeem)).status).toBe(200)
  })

  it('a refresh is answered 503 with Retry-After, keys and metadata are served, and readiness says why', async () => {
    const { refreshToken } = await suite.signIn(replica)
    await suite.database.stop()
    const refused = await replica.refresh(refreshToken)
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.body).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect((await replica.get('/.well-known/jwks.json')).status).toBe(200)
    expect(await replica.ready()).toMatchObject({
      status: 503,
      body: { checks: { database: { status: 'down' } } },
    })
    await suite.database.start()
    expect((await replica.refresh(refreshToken)).status).toBe(200)
  })

  it('no token is called good or bad, and no revocation is promised', async () => {
    const { id, rawSecret, accessToken, ask } = await aHeldToken()
    expect((await ask('/oauth/introspect')).body).toMatchObject({ active: true })
    await suite.database.stop()
    const userinfo = await replica.get('/oauth/userinfo', { authorization: `Bearer ${accessToken}` })
    const answers = [await ask('/oauth/introspect'), await ask('/oauth/revoke')]
    await suite.database.start()
    for (const { status, headers, body } of answers) {
      expect([status, body.error]).toEqual([503, 'temporarily_unavailable'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      expect(body).not.toHaveProperty('active')
    }
    expect([userinfo.status, await userinfo.json()]).toEqual([
      503,
      expect.objectContaining({ error: 'temporarily_unavailable' }),
    ])
    const again = { client_id: id, client_secret: rawSecret, token: accessToken }
    expect((await replica.postForm('/oauth/introspect', again)).body).toMatchObject({ active: true })
  })
})

describe('without Redis', () => {
  it('every grant works, and guessing is limited by each replica for itself', async () => {
    const { ask, refresh, redeem, machine } = await aGrantee()
    await suite.redis.stop()
    const answers = await Promise.all([ask(refresh), ask(redeem), ask(machine)])
    for (let n = 0; n < 20; n += 1) await ask({ ...machine, client_secret: 'wrong' })
    const guess = await ask({ ...machine, client_secret: 'wrong' })
    await suite.redis.start()
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect([guess.status, guess.body.error]).toEqual([429, 'too_many_requests'])
  })

  it('a code is redeemed also where nobody can say whether its session lives: its tokens are looked at again', async () => {
    const { ask, refresh, redeem } = await aGrantee()
    await suite.redis.stop()
    suite.sessionService.away = true
    const [redeemed, refreshed] = [await ask(redeem), await ask(refresh)]
    suite.sessionService.away = false
    await suite.redis.start()
    expect(redeemed.status).toBe(200)
    expect([refreshed.status, refreshed.body.error]).toEqual([503, 'temporarily_unavailable'])
  })

  it('tokens are introspected, used at UserInfo and revoked: the session service is asked', async () => {
    const { accessToken, ask } = await aHeldToken()
    await suite.redis.stop()
    const userinfo = await replica.get('/oauth/userinfo', { authorization: `Bearer ${accessToken}` })
    const [before, revoked, after] = [
      await ask('/oauth/introspect'),
      await ask('/oauth/revoke'),
      await ask('/oauth/introspect'),
    ]
    await suite.redis.start()
    expect([userinfo.status, before.body.active, revoked.status, after.body]).toEqual([
      200,
      true,
      200,
      { active: false },
    ])
  })

  it('a refresh still works: the session service is asked', async () => {
    const { refreshToken } = await suite.signIn(replica)
    await suite.redis.stop()
    const { status } = await replica.refresh(refreshToken)
    await suite.redis.start()
    expect(status).toBe(200)
  })

  it('and without the session service it is answered 503 with Retry-After, and uses nothing up', async () => {
    const { refreshToken } = await suite.signIn(replica)
    await suite.redis.stop()
    suite.sessionService.away = true
    const undecided = await replica.refresh(refreshToken)
    suite.sessionService.away = false
    const later = await replica.refresh(refreshToken)
    await suite.redis.start()
    expect(undecided.status).toBe(503)
    expect(Number(undecided.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(later.status).toBe(200)
    expect(await suite.database.prisma.refreshFamily.count({ where: { endedAt: { not: null } } })).toBe(0)
  })
})

describe('a start before the database is migrated', () => {
  it('is not ready, answers 503, and serves no empty key set', async () => {
    const empty = await createTestDatabase()
    const early = await suite.startReplica({ DATABASE_URL: empty.url })
    expect(await early.ready()).toMatchObject({
      status: 503,
      body: { checks: { signing_keys: { status: 'down' } } },
    })
    expect((await early.get('/.well-known/jwks.json')).status).toBe(503)
    await early.close()
    await empty.drop()
  })
})
