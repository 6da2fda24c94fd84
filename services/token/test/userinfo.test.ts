import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { Redis } from 'ioredis'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { noAuthority } from '../src/domain/authority.ts'
import type { UserId } from '../src/domain/ids.ts'
import { aClient, type ClientInit } from './a-client.ts'
import { aKnownSubject } from './a-subject.ts'
import { aGrant, createIssuedTokens, type IssuedTokens } from './issued-tokens.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let redis: Redis
let issued: IssuedTokens

beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica()
  issued = await createIssuedTokens(suite)
  redis = new Redis(suite.redis.url)
  await redis.set('revocation:epoch', 'epoch-1')
})
afterAll(async () => {
  redis.disconnect()
  await replica.close()
  await suite.close()
})

/** A grant of a known user to a client in the table. */
const aKnownGrant = async (differences: Parameters<typeof aGrant>[0] = {}, client: ClientInit = {}) => {
  const { id } = await aClient(suite.database, client)
  const grant = aGrant({ clientId: id, ...differences })
  await issued.knowSubject(grant)
  return grant
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

const read = async (response: Awaited<ReturnType<Replica['get']>>) => ({
  status: response.status,
  headers: response.headers,
  challenge: response.headers.get('www-authenticate'),
  body: (await response.json()) as Record<string, unknown>,
})

const ask = async (token: string, path = '/oauth/userinfo') =>
  read(await replica.get(path, { authorization: `Bearer ${token}` }))

describe('OpenID Connect Core §5.3: UserInfo', () => {
  it.each([
    ['openid', {}],
    ['openid profile', { name: 'Ada', updated_at: expect.any(Number) }],
    ['openid email', { email: 'ada@example.com', email_verified: true }],
    [
      'openid email profile offline_access',
      { name: 'Ada', updated_at: expect.any(Number), email: 'ada@example.com', email_verified: true },
    ],
  ])('gives what the scope %s covers, and no more (§5.4)', async (scope, claims) => {
    const grant = await aKnownGrant({ scope })
    const { status, headers, body } = await ask(await issued.accessToken(grant))
    expect([status, body]).toEqual([200, { sub: grant.subject, ...claims }])
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('gives what the claims parameter asked for here, with the other scopes’ (§5.5)', async () => {
    const claims = { userinfo: { email: { essential: true }, phone_number: null }, id_token: { name: null } }
    const grant = await aKnownGrant({ scope: 'openid', claims })
    const { body } = await ask(await issued.accessToken(grant))
    expect(body).toEqual({ sub: grant.subject, email: 'ada@example.com' })
  })

  it('answers GET and POST, the token in the header or in a form (draft OAuth 2.1 §5.2)', async () => {
    const grant = await aKnownGrant()
    const token = await issued.accessToken(grant)
    const authorization = `Bearer ${token}`
    const answers = [
      await replica.get('/oauth/userinfo', { authorization }),
      await replica.post('/oauth/userinfo', '', { authorization, ...form }),
      await replica.post('/oauth/userinfo', '', { authorization }),
      await replica.post('/oauth/userinfo', new URLSearchParams({ access_token: token }).toString(), form),
    ]
    for (const answer of answers) expect((await read(answer)).body).toMatchObject({ sub: grant.subject })
  })

  it('speaks to the first party too', async () => {
    const { accessToken, userId } = await suite.signIn(replica)
    expect((await ask(accessToken)).body).toMatchObject({
      sub: userId,
      email: 'ada@example.com',
      name: 'Ada',
    })
  })

  it('tells what identity told last, without asking it', async () => {
    const grant = await aKnownGrant()
    const token = await issued.accessToken(grant)
    await ask(token)
    const { subject: userId } = grant
    await issued.subjects.save({
      ...noAuthority,
      userId,
      email: 'new@example.com',
      emailVerified: false,
      name: 'Ada L',
      version: 2,
    })
    expect((await ask(token)).body).toMatchObject({
      email: 'new@example.com',
      email_verified: false,
      name: 'Ada L',
    })
  })
})

it('OpenID Connect Core §5.1: updated_at is when the data changed, not when they were told again', async () => {
  const grant = await aKnownGrant()
  const token = await issued.accessToken(grant)
  const told = `update subjects set updated_at = now() - interval '1 day' where user_id = $1`
  await suite.database.pool.query(told, [grant.subject])
  const before = Number((await ask(token)).body.updated_at)
  await issued.knowSubject(grant)
  expect((await ask(token)).body.updated_at).toBe(before)
  const { subject: userId } = grant
  await issued.subjects.save(aKnownSubject({ userId, name: 'Ada L', version: 2 }))
  expect(Number((await ask(token)).body.updated_at)).toBeGreaterThan(before)
})

describe('OpenID Connect Core §5.3.2: the answer as a signed JWT', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)('is given to a client that registered %s', async alg => {
    const grant = await aKnownGrant({}, { metadata: { userinfo_signed_response_alg: alg } })
    const authorization = `Bearer ${await issued.accessToken(grant)}`
    const response = await replica.get('/oauth/userinfo', { authorization })
    expect(response.headers.get('content-type')).toBe('application/jwt')
    const { payload, protectedHeader } = await jwtVerify(
      await response.text(),
      createLocalJWKSet(issued.keyring.getJwks()),
      { issuer, audience: grant.clientId },
    )
    expect(protectedHeader.alg).toBe(alg)
    expect(payload).toEqual({
      iss: issuer,
      aud: grant.clientId,
      sub: grant.subject,
      name: 'Ada',
      updated_at: expect.any(Number),
      email: 'ada@example.com',
      email_verified: true,
    })
  })
})

describe('CHECKLIST 31: tokens in a query string are refused (draft OAuth 2.1 §5.1)', () => {
  it('also beside a good one in the header, and with the reason', async () => {
    const token = await issued.accessToken(await aKnownGrant())
    for (const answer of [
      await read(await replica.get(`/oauth/userinfo?access_token=${token}`)),
      await ask(token, `/oauth/userinfo?access_token=${token}`),
      await ask(token, '/oauth/userinfo?access_token=a&access_token=b'),
      await read(await replica.post(`/oauth/userinfo?access_token=${token}`, '', form)),
    ]) {
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
      expect(answer.body).not.toHaveProperty('sub')
    }
    expect((await ask(token, `/oauth/userinfo?access_token=${token}`)).challenge).toMatch(
      /^Bearer error="invalid_request"/,
    )
  })

  it('a token in a form counts by POST alone, and not beside another', async () => {
    const token = await issued.accessToken(await aKnownGrant())
    const body = new URLSearchParams({ access_token: token }).toString()
    const both = await replica.post('/oauth/userinfo', body, { ...form, authorization: `Bearer ${token}` })
    expect([both.status, (await read(both)).body.error]).toEqual([400, 'invalid_request'])
  })
})

describe('RFC 6750 §3: who may not read', () => {
  it('a request without a token is told how to come, and of no error', async () => {
    const { status, challenge } = await read(await replica.get('/oauth/userinfo'))
    expect(status).toBe(401)
    expect(challenge).toMatch(/^Bearer\b/)
    expect(challenge).not.toContain('error=')
  })

  it('a token without the scope openid: 403 insufficient_scope, with the scope that it takes', async () => {
    const token = await issued.accessToken(await aKnownGrant({ scope: 'profile email' }))
    const { status, challenge, body } = await ask(token)
    expect([status, body.error]).toEqual([403, 'insufficient_scope'])
    expect(challenge).toMatch(/error="insufficient_scope".*scope="openid"/)
  })

  it('a machine’s own token', async () => {
    const { id } = await aClient(suite.database, { type: 'confidential' })
    const machine = aGrant({ clientId: id, subject: id as unknown as UserId, scope: 'openid' })
    const { status, body } = await ask(await issued.accessToken(machine))
    expect([status, body.error]).toEqual([401, 'invalid_token'])
  })

  it('a token for another resource server (RFC 8707 §2)', async () => {
    const token = await issued.accessToken(await aKnownGrant({ resources: ['https://api.example'] }))
    expect((await ask(token)).body.error).toBe('invalid_token')
  })

  it('an ID token, a refresh token, nonsense (CHECKLIST 19)', async () => {
    const grant = await aKnownGrant()
    for (const token of [
      await issued.idToken(grant),
      await issued.refreshToken(grant),
      'nonsense',
      'a.b.c',
    ]) {
      const { status, body, challenge } = await ask(token)
      expect([status, body.error]).toEqual([401, 'invalid_token'])
      expect(challenge).toContain('error="invalid_token"')
    }
  })

  it('a token that was revoked, or whose session has ended', async () => {
    const [revoked, loggedOut] = [await aKnownGrant(), await aKnownGrant()]
    const tokens = [await issued.accessToken(revoked), await issued.accessToken(loggedOut)]
    for (const token of tokens) expect((await ask(token)).status).toBe(200)
    await suite.database.pool.query(
      `insert into revocations (key, expires_at) values ($1, now() + interval '1 hour')`,
      [`grant:${revoked.id}`],
    )
    await redis.set(`session_ended:${loggedOut.sessionId}`, 'logout')
    for (const token of tokens) expect((await ask(token)).body.error).toBe('invalid_token')
  })

  it('a token whose account was deleted, or is unknown', async () => {
    const deleted = await aKnownGrant()
    const token = await issued.accessToken(deleted)
    expect((await ask(token)).status).toBe(200)
    await replica.client.deleteSubject({ userId: deleted.subject })
    expect((await ask(token)).body.error).toBe('invalid_token')
    const unknown = await issued.accessToken({ ...deleted, subject: createUuid<UserId>() })
    expect((await ask(unknown)).body.error).toBe('invalid_token')
  })

  it('a token of a client that was switched off, or is gone', async () => {
    const off = await issued.accessToken(await aKnownGrant({}, { active: false }))
    const gone = await issued.accessToken({ ...(await aKnownGrant()), clientId: createUuid() as never })
    for (const token of [off, gone]) expect((await ask(token)).body.error).toBe('invalid_token')
  })

  it('a token that is bound to a key, sent as a bearer (RFC 9449 §7.2)', async () => {
    const token = await issued.accessToken(await aKnownGrant({ dpopJkt: 'a'.repeat(43) }))
    const { status, challenge } = await ask(token)
    expect(status).toBe(401)
    expect(challenge).toMatch(/^DPoP /)
  })
})

it('the access token names claims that were asked for, never their values', async () => {
  const claims = { userinfo: { email: null, name: { value: 'Ada' } } }
  const payload = decodeJwt(await issued.accessToken(await aKnownGrant({ claims })))
  expect(payload.userinfo_claims).toEqual(['name', 'email'])
  expect(JSON.stringify(payload)).not.toContain('ada@example.com')
})
