import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { decodeJwt } from 'jose'
import { aClient, type ClientInit } from './a-client.ts'
import { aGrant, createIssuedTokens, type IssuedTokens } from './issued-tokens.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let other: Replica
let redis: Redis
let issued: IssuedTokens

beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica()
  other = await suite.startReplica()
  issued = await createIssuedTokens(suite)
  redis = new Redis(suite.redis.url)
  await redis.set('revocation:epoch', 'epoch-1')
})
afterAll(async () => {
  redis.disconnect()
  await Promise.all([replica.close(), other.close()])
  await suite.close()
})

/** A client that may ask whether its tokens are good, and end them. */
const anOwner = async (init: ClientInit = {}) => {
  const client = await aClient(suite.database, {
    type: 'confidential',
    ...init,
    metadata: { token_endpoint_auth_method: 'client_secret_post', ...init.metadata },
  })
  const credentials = { client_id: client.id, client_secret: client.rawSecret }
  const revoke = (token: string, parameters: Record<string, string> = {}, at = replica) =>
    at.postForm('/oauth/revoke', { ...credentials, token, ...parameters })
  const isActive = async (token: string, at = other) =>
    (await at.postForm('/oauth/introspect', { ...credentials, token })).body.active
  const grant = (differences: Parameters<typeof aGrant>[0] = {}) =>
    aGrant({ clientId: client.id, ...differences })
  return { ...client, credentials, revoke, isActive, grant }
}

describe('RFC 7009 §2: an access token', () => {
  it('is shown to operators as blacklist:{jti} until it would have expired (SPEC §3)', async () => {
    const { id, revoke, grant } = await anOwner()
    const token = await issued.accessToken(grant())
    const { jti, exp = 0 } = decodeJwt(token)
    await revoke(token)
    expect(await redis.get(`blacklist:${jti}`)).toBe(id)
    expect(await redis.expiretime(`blacklist:${jti}`)).toBe(exp)
  })

  it('is refused everywhere at once, and alone: its grant and its siblings live on', async () => {
    const { revoke, isActive, grant } = await anOwner()
    const granted = grant()
    await issued.knowSubject(granted)
    const [token, sibling] = [await issued.accessToken(granted), await issued.accessToken(granted)]
    const refreshToken = await issued.refreshToken(granted)
    for (const at of [replica, other]) expect(await isActive(token, at)).toBe(true)
    const { status, headers, body } = await revoke(token)
    expect([status, body, headers.get('cache-control')]).toEqual([200, {}, 'no-store'])
    for (const at of [replica, other]) expect(await isActive(token, at)).toBe(false)
    const userinfo = await other.get('/oauth/userinfo', { authorization: `Bearer ${token}` })
    expect(userinfo.status).toBe(401)
    for (const good of [sibling, refreshToken]) expect(await isActive(good)).toBe(true)
  })

  it('may be ended as often as one likes, at several replicas at once', async () => {
    const { revoke, isActive, grant } = await anOwner()
    const token = await issued.accessToken(grant())
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => revoke(token, {}, n % 2 === 0 ? replica : other)),
    )
    expect(new Set(answers.map(answer => answer.status))).toEqual(new Set([200]))
    expect(await isActive(token)).toBe(false)
  })

  it('is remembered until it would have expired', async () => {
    const { revoke, grant } = await anOwner()
    const token = await issued.accessToken(grant())
    await revoke(token)
    const { jti, exp } = decodeJwt(token)
    const row = await suite.database.prisma.revocation.findUniqueOrThrow({ where: { key: `jti:${jti}` } })
    expect(row.expiresAt.getTime()).toBe((exp ?? 0) * 1000)
  })
})

describe('CHECKLIST 28: revoking a refresh token ends its access tokens', () => {
  it('and the family, for every replica, however Redis fares and whatever restarts', async () => {
    const { revoke, isActive, grant } = await anOwner()
    const granted = grant()
    const accessTokens = [await issued.accessToken(granted), await issued.accessToken(granted)]
    const refreshToken = await issued.refreshToken(granted)
    expect((await revoke(refreshToken)).status).toBe(200)
    for (const token of [...accessTokens, refreshToken])
      for (const at of [replica, other]) expect(await isActive(token, at)).toBe(false)
    await redis.flushall()
    await redis.set('revocation:epoch', 'epoch-2')
    const restarted = await suite.startReplica()
    for (const token of [...accessTokens, refreshToken]) expect(await isActive(token, restarted)).toBe(false)
    await restarted.close()
    expect(
      await suite.database.prisma.refreshFamily.findUniqueOrThrow({ where: { id: granted.id } }),
    ).toMatchObject({ endReason: 'revoked' })
  })

  it('leaves other grants of the same user and client alone', async () => {
    const { revoke, isActive, grant } = await anOwner()
    const [first, second] = [grant(), grant()]
    const survivor = await issued.refreshToken({
      ...second,
      subject: first.subject,
      sessionId: first.sessionId,
    })
    await revoke(await issued.refreshToken(first))
    expect(await isActive(survivor)).toBe(true)
  })

  it('also by a token of the family that was used up', async () => {
    const { revoke, isActive, grant } = await anOwner()
    const granted = grant()
    const [used, accessToken] = [await issued.refreshToken(granted), await issued.accessToken(granted)]
    await suite.database.pool.query(`update refresh_families set current_hash = '\\x00' where id = $1`, [
      granted.id,
    ])
    await revoke(used)
    expect(await isActive(accessToken)).toBe(false)
  })
})

describe('CHECKLIST 28: an unknown token is answered with 200 (RFC 7009 §2.2)', () => {
  it.each([`lkr_${'A'.repeat(43)}`, 'nonsense', 'a.b.c', 'x'.repeat(50_000)])('%.20s', async token => {
    const { revoke } = await anOwner()
    const { status, body } = await revoke(token)
    expect([status, body]).toEqual([200, {}])
  })

  it('and an expired one, and an ID token, which ends nothing', async () => {
    const { revoke, isActive, grant } = await anOwner()
    const granted = grant()
    const expired = await issued.accessToken(granted, { ttlSeconds: -1 })
    const accessToken = await issued.accessToken(granted)
    for (const token of [expired, await issued.idToken(granted)])
      expect((await revoke(token)).status).toBe(200)
    expect(await isActive(accessToken)).toBe(true)
  })
})

describe('RFC 7009 §2.1: token_type_hint', () => {
  it.each(['access_token', 'refresh_token', 'nonsense'])('%s is only a hint', async hint => {
    const { revoke, isActive, grant } = await anOwner()
    for (const token of [await issued.accessToken(grant()), await issued.refreshToken(grant())]) {
      expect((await revoke(token, { token_type_hint: hint })).status).toBe(200)
      expect(await isActive(token)).toBe(false)
    }
  })
})

describe('CHECKLIST 28: another client’s token is untouched', () => {
  it('and the client is told so (RFC 7009 §2.1)', async () => {
    const [owner, thief] = [await anOwner(), await anOwner()]
    for (const token of [await issued.accessToken(owner.grant()), await issued.refreshToken(owner.grant())]) {
      const { status, body } = await thief.revoke(token)
      expect([status, body.error]).toEqual([400, 'invalid_request'])
      expect(await owner.isActive(token)).toBe(true)
    }
  })

  it('nor is the first party’s', async () => {
    const { revoke } = await anOwner()
    const { refreshToken } = await suite.signIn(replica)
    expect((await revoke(refreshToken)).status).toBe(400)
    expect((await replica.refresh(refreshToken)).status).toBe(200)
  })
})

describe('RFC 7009 §2.1: who may end a token', () => {
  it('a public client its own, by its id', async () => {
    const { id } = await aClient(suite.database, { type: 'public' })
    const granted = aGrant({ clientId: id })
    const token = await issued.refreshToken(granted)
    expect((await replica.postForm('/oauth/revoke', { client_id: id, token })).status).toBe(200)
    expect(
      await suite.database.prisma.refreshFamily.findUniqueOrThrow({ where: { id: granted.id } }),
    ).toMatchObject({ endReason: 'revoked' })
  })

  it('nobody who does not authenticate', async () => {
    const { id, grant, isActive } = await anOwner()
    const token = await issued.accessToken(grant())
    for (const parameters of [
      { token },
      { token, client_id: id },
      { token, client_id: id, client_secret: 'no' },
    ]) {
      const { status, body } = await replica.postForm('/oauth/revoke', parameters)
      expect([400, 401]).toContain(status)
      expect(body.error).toMatch(/^invalid_(client|request)$/)
    }
    expect(await isActive(token)).toBe(true)
  })

  it('by POST of a form alone, with a token in its body', async () => {
    const { credentials } = await anOwner()
    expect((await replica.get('/oauth/revoke')).status).toBe(405)
    const missing = await replica.postForm('/oauth/revoke', credentials)
    expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request'])
    const inUrl = await replica.postForm('/oauth/revoke?token=a', { ...credentials, token: 'a' })
    expect([inUrl.status, inUrl.body.error]).toEqual([400, 'invalid_request'])
  })
})

describe('the deletion of an account', () => {
  it('ends access that was granted for the user’s absence too, tokens that are under way included', async () => {
    const { isActive, grant } = await anOwner()
    const granted = grant({ isOffline: true })
    await issued.knowSubject(granted)
    const tokens = [await issued.accessToken(granted), await issued.refreshToken(granted)]
    for (const token of tokens) expect(await isActive(token)).toBe(true)
    await replica.client.deleteSubject({ userId: granted.subject })
    for (const token of tokens) expect(await isActive(token)).toBe(false)
  })
})
