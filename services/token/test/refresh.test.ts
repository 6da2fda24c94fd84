import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTokenVerifier } from '@latchkey/sdk'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { issuer, startTokenSuite } from './token-under-test.ts'

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

const invalid = { status: 401, detail: 'Invalid or expired refresh token', code: 'INVALID_REFRESH_TOKEN' }

/** As if so much time had passed since the family's last rotation. */
const passSeconds = (sessionId: string, seconds: number) =>
  suite.database.pool.query(
    `update refresh_families set rotated_at = rotated_at - make_interval(secs => $2),
            expires_at = expires_at - make_interval(secs => $2) where session_id = $1`,
    [sessionId, seconds],
  )

const familyOf = (sessionId: string) =>
  suite.database.prisma.refreshFamily.findFirstOrThrow({ where: { sessionId } })

describe('POST /auth/refresh', () => {
  it('answers with the next pair, which no cache may keep', async () => {
    const signedIn = await suite.signIn(replica)
    const { status, headers, body } = await replica.refresh(signedIn.refreshToken)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^lkr_[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 604_800,
    })
    expect(body.refresh_token).not.toBe(signedIn.refreshToken)
  })

  it('signs access tokens that the SDK and an independent reader accept (RFC 9068 §2)', async () => {
    const { refreshToken, sessionId, userId } = await suite.signIn(replica)
    const { body } = await replica.refresh(refreshToken)
    const accessToken = String(body.access_token)
    const verifier = createTokenVerifier({
      issuer,
      jwks: async () => (await (await replica.get('/.well-known/jwks.json')).json()) as JSONWebKeySet,
    })
    await expect(verifier.verify(accessToken)).resolves.toMatchObject({ sub: userId, sid: sessionId })
    expect(decodeProtectedHeader(accessToken)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.any(String),
    })
    const claims = decodeJwt(accessToken)
    expect(claims).toMatchObject({
      iss: issuer,
      aud: issuer,
      client_id: 'latchkey',
      scope: 'openid profile email roles',
      type: 'access',
      amr: ['pwd'],
      auth_time: expect.any(Number),
      jti: expect.any(String),
    })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900)
  })

  it('never gives a token that outlives its session', async () => {
    const signedIn = await suite.signIn(replica, { endsInSeconds: 60 })
    expect(signedIn.expiresInSeconds).toBeLessThanOrEqual(60)
    expect(signedIn.refreshExpiresInSeconds).toBeLessThanOrEqual(60)
    const { body } = await replica.refresh(signedIn.refreshToken)
    expect(Number(body.expires_in)).toBeLessThanOrEqual(60)
    expect(Number(body.refresh_expires_in)).toBeLessThanOrEqual(60)
  })

  it('tells the session service of the use, with the client’s address', async () => {
    const { refreshToken, sessionId } = await suite.signIn(replica)
    await replica.refresh(refreshToken)
    await eventually(() =>
      expect(suite.sessionService.activities).toContainEqual(
        expect.objectContaining({ sessionId, ipAddress: '192.0.2.7' }),
      ),
    )
  })
})

describe('CHECKLIST 18: rotation, grace and reuse', () => {
  it('gives one successor to twenty parallel refreshes over two replicas', async () => {
    const { refreshToken } = await suite.signIn(replica)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? replica : other).refresh(refreshToken)),
    )
    expect(new Set(answers.map(answer => answer.status))).toEqual(new Set([200]))
    const successors = new Set(answers.map(answer => String(answer.body.refresh_token)))
    expect(successors.size).toBe(1)
    const [successor = ''] = successors
    expect((await other.refresh(successor)).status).toBe(200)
  })

  it('gives a client that lost the answer the same successor, from another replica too (invariant 6)', async () => {
    const { refreshToken } = await suite.signIn(replica)
    const first = await replica.refresh(refreshToken)
    const retry = await other.refresh(refreshToken)
    expect(retry.body.refresh_token).toBe(first.body.refresh_token)
  })

  it('gives the same successor across a change of the key encryption key', async () => {
    const { refreshToken } = await suite.signIn(replica)
    const first = await replica.refresh(refreshToken)
    const changed = await suite.startReplica({
      KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      KEY_ENCRYPTION_KEYS_OLD: suite.keyEncryptionKey,
    })
    const retry = await changed.refresh(refreshToken)
    await changed.close()
    expect(retry.body.refresh_token).toBe(first.body.refresh_token)
  })

  it('ends family and session where a used token comes back after the grace', async () => {
    const { refreshToken, sessionId } = await suite.signIn(replica)
    const { body } = await replica.refresh(refreshToken)
    await passSeconds(sessionId, 31)
    const reuse = await other.refresh(refreshToken)
    expect(reuse.status).toBe(401)
    expect(reuse.body).toMatchObject(invalid)
    expect(await familyOf(sessionId)).toMatchObject({ endReason: 'refresh_token_reused' })
    expect((await replica.refresh(String(body.refresh_token))).status).toBe(401)
    await eventually(() =>
      expect(suite.sessionService.ended.get(sessionId)).toBe('END_REASON_REFRESH_TOKEN_REUSED'),
    )
  })

  it('gives a thief nothing once the owner has moved on', async () => {
    const { refreshToken } = await suite.signIn(replica)
    const second = String((await replica.refresh(refreshToken)).body.refresh_token)
    const third = String((await replica.refresh(second)).body.refresh_token)
    expect((await replica.refresh(refreshToken)).body).toMatchObject(invalid)
    expect((await replica.refresh(third)).body).toMatchObject(invalid)
  })
})

describe('a session that has ended', () => {
  it('refuses by its marker, before the event arrives', async () => {
    const { refreshToken, sessionId } = await suite.signIn(replica)
    await redis.set(`session_ended:${sessionId}`, 'logout')
    expect((await replica.refresh(refreshToken)).body).toMatchObject(invalid)
  })

  it('ends the family in Postgres by the event, so that a flushed Redis brings nothing back', async () => {
    const { refreshToken, sessionId, userId } = await suite.signIn(replica)
    const event = {
      type: 'session.ended',
      session_id: sessionId,
      user_id: userId,
      reason: 'logout',
      ended_at: new Date().toISOString(),
    }
    await suite.publishSessionEvent(event)
    await eventually(async () => expect(await familyOf(sessionId)).toMatchObject({ endReason: 'logout' }))
    expect((await replica.refresh(refreshToken)).body).toMatchObject(invalid)
  })

  it('is looked up at the session service where Redis lost its markers', async () => {
    const { refreshToken, sessionId } = await suite.signIn(replica)
    suite.sessionService.ended.set(sessionId, 'END_REASON_LOGOUT')
    await redis.del('revocation:epoch')
    try {
      expect((await replica.refresh(refreshToken)).body).toMatchObject(invalid)
    } finally {
      await redis.set('revocation:epoch', 'epoch-2')
    }
  })
})

describe('CHECKLIST 19 and validation: what is no refresh token', () => {
  it('is refused: an access token, an unknown token, nonsense', async () => {
    const { accessToken } = await suite.signIn(replica)
    for (const token of [accessToken, `lkr_${'A'.repeat(43)}`, 'nonsense', 'x'.repeat(50_000)]) {
      const { status, body } = await replica.refresh(token)
      expect(status).toBe(401)
      expect(body).toMatchObject(invalid)
    }
  })

  it.each([
    ['{}', 'required'],
    ['{"refresh_token": ""}', 'too_small'],
    ['{"refresh_token": 7}', 'invalid_type'],
    ['{"refresh_token": null}', 'invalid_type'],
    ['{"refresh_token": {"$ne": null}}', 'invalid_type'],
  ])('is a validation error where it is no text: %s', async (text, code) => {
    const response = await replica.post('/auth/refresh', text)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ field: 'refresh_token', code }],
    })
  })

  it.each(['', '[]', '"text"', '{"refresh_token": "a", "refresh_token": "b"}'])(
    'is malformed: %j',
    async text => {
      expect((await replica.post('/auth/refresh', text)).status).toBe(400)
    },
  )

  it('is not read from a form or by GET', async () => {
    const form = await replica.post('/auth/refresh', 'refresh_token=a', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(form.status).toBe(415)
    const get = await replica.get('/auth/refresh')
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'OPTIONS, POST'])
  })
})
