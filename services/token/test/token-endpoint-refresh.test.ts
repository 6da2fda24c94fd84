import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { decodeJwt } from 'jose'
import type { Grant } from '../src/domain/grant.ts'
import { aClient, type ClientInit, redirectUri } from './a-client.ts'
import { aCode } from './a-code.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let other: Replica
let redis: Redis

beforeAll(async () => {
  suite = await startTokenSuite()
  ;[replica, other] = await Promise.all([suite.startReplica(), suite.startReplica()])
  redis = new Redis(suite.redis.url)
  await redis.set('revocation:epoch', 'epoch-1')
})
afterAll(async () => {
  redis.disconnect()
  await Promise.all([replica.close(), other.close()])
  await suite.close()
})

const invalid = { error: 'invalid_grant', error_description: 'Invalid or expired refresh token' }

/** A client with the tokens of a grant, and its refreshes. */
const aGrantee = async (init: { readonly client?: ClientInit; readonly grant?: Partial<Grant> } = {}) => {
  const isConfidential = init.client?.type === 'confidential'
  const client = await aClient(suite.database, {
    ...init.client,
    metadata: {
      token_endpoint_auth_method: isConfidential ? 'client_secret_post' : 'none',
      ...init.client?.metadata,
    },
  })
  const authentication = {
    client_id: client.id,
    ...(isConfidential ? { client_secret: client.rawSecret } : {}),
  }
  const { code, codeVerifier, grant } = await aCode(suite.database, client, init)
  const { body } = await replica.postForm('/oauth/token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: codeVerifier,
    redirect_uri: redirectUri,
    ...authentication,
  })
  const refreshToken = String(body.refresh_token)
  const refresh = (
    token: unknown = refreshToken,
    changes: Readonly<Record<string, string | readonly string[]>> = {},
    at = replica,
  ) =>
    at.postForm('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: String(token),
      ...authentication,
      ...changes,
    })
  const family = () => suite.database.prisma.refreshFamily.findUniqueOrThrow({ where: { id: grant.id } })
  /** As if the family had stood still for so long. */
  const passSeconds = (seconds: number) =>
    suite.database.pool.query(
      `update refresh_families set rotated_at = rotated_at - make_interval(secs => $2),
              expires_at = expires_at - make_interval(secs => $2) where id = $1`,
      [grant.id, seconds],
    )
  return { client, grant, body, refreshToken, refresh, family, passSeconds }
}

describe('draft OAuth 2.1 §4.3: a refresh token', () => {
  it('is exchanged for the next tokens, with an ID token without nonce (Core §12.2)', async () => {
    const { grant, refreshToken, refresh, body: first } = await aGrantee()
    const { status, headers, body } = await refresh()
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 900,
        scope: 'openid profile',
        refresh_token: expect.stringMatching(/^lkr_[\w-]{43}$/),
        refresh_expires_in: 604_800,
        id_token: expect.any(String),
      },
    ])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body.refresh_token).not.toBe(refreshToken)
    const [before, after] = [decodeJwt(String(first.id_token)), decodeJwt(String(body.id_token))]
    const { iss, sub, aud, auth_time: authTime } = before
    expect(after).toMatchObject({ iss, sub, aud, auth_time: authTime })
    expect(after).not.toHaveProperty('nonce')
    expect(decodeJwt(String(body.access_token))).toMatchObject({ sub: grant.subject, grant_id: grant.id })
  })

  it('rotates from now on where its client has become public, and can prove no more who it is (§4.3.1)', async () => {
    const { client, refreshToken, refresh, passSeconds, family } = await aGrantee({
      client: { type: 'confidential' },
    })
    await suite.database.pool.query(
      `update clients set type = 'public', metadata = metadata || '{"token_endpoint_auth_method":"none"}' where id = $1`,
      [client.id],
    )
    // The replica that has not heard of the client before.
    const withoutSecret = (token: unknown) => refresh(token, { client_secret: [] }, other)
    const { status, body } = await withoutSecret(refreshToken)
    expect([status, body.refresh_token]).toEqual([200, expect.not.stringContaining(refreshToken)])
    await passSeconds(31)
    expect(await withoutSecret(refreshToken)).toMatchObject({ status: 400, body: invalid })
    expect(await family()).toMatchObject({ endReason: 'refresh_token_reused' })
    expect(await withoutSecret(body.refresh_token)).toMatchObject({ status: 400, body: invalid })
  })

  it('tells the session service of the use, with a public client’s address alone', async () => {
    const [publicly, confidentially] = [
      await aGrantee(),
      await aGrantee({ client: { type: 'confidential' } }),
    ]
    await publicly.refresh()
    await confidentially.refresh()
    const { activities } = suite.sessionService
    await eventually(() => {
      for (const [{ grant }, ipAddress] of [
        [publicly, '192.0.2.7'],
        [confidentially, ''],
      ] as const) {
        expect(activities).toContainEqual(expect.objectContaining({ sessionId: grant.sessionId, ipAddress }))
      }
    })
  })
})

describe('CHECKLIST 18: rotation', () => {
  it('gives one successor to twenty parallel refreshes over two replicas', async () => {
    const { refresh, refreshToken } = await aGrantee()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => refresh(refreshToken, {}, n % 2 === 0 ? replica : other)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1)
  })

  it('ends the grant where a used token comes back after the grace, and leaves the session alone', async () => {
    const { grant, refresh, refreshToken, family, passSeconds } = await aGrantee()
    const { body } = await refresh()
    await passSeconds(31)
    expect(await refresh(refreshToken, {}, other)).toMatchObject({ status: 400, body: invalid })
    expect((await refresh(body.refresh_token)).body).toMatchObject(invalid)
    expect(await family()).toMatchObject({ endReason: 'refresh_token_reused' })
    const key = `grant:${grant.id}`
    expect(await suite.database.prisma.revocation.findUnique({ where: { key } })).not.toBeNull()
    expect(await suite.database.prisma.outbox.findMany({ where: { key: grant.sessionId } })).toEqual([])
  })

  it('gives each use the client’s own time', async () => {
    const { refresh, passSeconds } = await aGrantee({
      client: { metadata: { refresh_token_ttl_seconds: 120 } },
    })
    await passSeconds(100)
    expect((await refresh()).body.refresh_expires_in).toBe(120)
  })

  it('ends at the grant’s absolute end', async () => {
    const { refresh } = await aGrantee({ grant: { endsAt: new Date(Date.now() + 60_000) } })
    const { body } = await refresh()
    expect(Number(body.refresh_expires_in)).toBeLessThanOrEqual(60)
    expect(Number(body.expires_in)).toBeLessThanOrEqual(60)
  })
})

describe('ADR 9: a confidential client’s refresh token', () => {
  const confidential = { client: { type: 'confidential' } } as const

  it('stays the same, under parallel use too', async () => {
    const { refresh, refreshToken } = await aGrantee(confidential)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => refresh(refreshToken, {}, n % 2 === 0 ? replica : other)),
    )
    for (const { status, body } of answers) expect([status, body.refresh_token]).toEqual([200, refreshToken])
  })

  it('lives for its time from each use', async () => {
    const { refresh, passSeconds, family } = await aGrantee(confidential)
    await passSeconds(1_000)
    expect((await refresh()).body.refresh_expires_in).toBe(604_800)
    const { expiresAt, currentHash } = await family()
    const token = await suite.database.prisma.refreshToken.findUnique({
      where: { tokenHash: Buffer.from(currentHash) },
    })
    expect(token?.expiresAt).toEqual(expiresAt)
  })

  it('is refused once it has expired', async () => {
    const { refresh, passSeconds } = await aGrantee(confidential)
    await passSeconds(604_801)
    expect((await refresh()).body).toMatchObject(invalid)
  })

  it('is of no use without the client’s secret', async () => {
    const { refresh } = await aGrantee(confidential)
    expect((await refresh(undefined, { client_secret: '' })).body.error).toBe('invalid_client')
  })
})

describe('CHECKLIST 18: never more than was granted', () => {
  it('is fewer scopes and resources where the request names some, and all of them the next time', async () => {
    const resources = ['https://api.example/', 'https://mail.example/']
    const { refresh } = await aGrantee({ grant: { resources } })
    const narrow = await refresh(undefined, { scope: 'profile', resource: 'https://api.example/' })
    expect(narrow.body.scope).toBe('profile')
    expect(narrow.body).not.toHaveProperty('id_token')
    expect(decodeJwt(String(narrow.body.access_token)).aud).toBe('https://api.example/')
    const all = await refresh(narrow.body.refresh_token)
    expect(all.body.scope).toBe('openid profile')
    expect(decodeJwt(String(all.body.access_token)).aud).toEqual(resources)
  })

  it('is refused where the request asks for more, and the token is not used up', async () => {
    const { refresh } = await aGrantee()
    expect(await refresh(undefined, { scope: 'openid email' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    })
    const { body } = await refresh(undefined, { resource: 'https://api.example/' })
    expect(body.error).toBe('invalid_target')
    expect((await refresh()).status).toBe(200)
  })

  it('leaves out what the client may no longer ask for', async () => {
    const { client, refresh } = await aGrantee()
    await suite.database.pool.query(
      `update clients set metadata = jsonb_set(metadata, '{scope}', '"openid"') where id = $1`,
      [client.id],
    )
    const changed = await suite.startReplica()
    expect((await refresh(undefined, {}, changed)).body.scope).toBe('openid')
    await changed.close()
  })
})

describe('CHECKLIST 18, 19: whose token it is', () => {
  it('is refused from another client, and not used up by it', async () => {
    const [owner, stranger] = [await aGrantee(), await aGrantee()]
    expect(await stranger.refresh(owner.refreshToken)).toMatchObject({ status: 400, body: invalid })
    expect((await owner.refresh()).status).toBe(200)
  })

  it('is refused where it is the first-party API’s, and a client’s is refused there', async () => {
    const [signedIn, grantee] = [await suite.signIn(replica), await aGrantee()]
    expect(await grantee.refresh(signedIn.refreshToken)).toMatchObject({ status: 400, body: invalid })
    expect((await replica.refresh(grantee.refreshToken)).body).toMatchObject({
      code: 'INVALID_REFRESH_TOKEN',
    })
    expect((await replica.refresh(signedIn.refreshToken)).status).toBe(200)
    expect((await grantee.refresh()).status).toBe(200)
  })

  it('is refused where it is an access token, an ID token, or nonsense', async () => {
    const { refresh, body } = await aGrantee()
    for (const token of [body.access_token, body.id_token, 'nonsense', 'x'.repeat(20_000)]) {
      expect(await refresh(token)).toMatchObject({ status: 400, body: invalid })
    }
  })
})

describe('a session that has ended', () => {
  const end = (sessionId: string) => redis.set(`session_ended:${sessionId}`, 'logout')

  it('refuses the refresh tokens that were given in it', async () => {
    const { grant, refresh } = await aGrantee()
    await end(grant.sessionId)
    expect(await refresh()).toMatchObject({ status: 400, body: invalid })
  })

  it('leaves those of offline access (Core §11)', async () => {
    const { grant, refresh } = await aGrantee({
      grant: { scope: 'openid offline_access', isOffline: true },
    })
    await end(grant.sessionId)
    const { status, body } = await refresh()
    expect(status).toBe(200)
    expect(decodeJwt(String(body.access_token))).not.toHaveProperty('sid')
  })
})
