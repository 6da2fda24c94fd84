import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose'
import type { ClientId } from '../src/domain/ids.ts'
import { aClient, type ClientInit } from './a-client.ts'
import { aGrant, createIssuedTokens, type IssuedTokens } from './issued-tokens.ts'
import { addScopes } from './scopes.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let other: Replica
let redis: Redis
let issued: IssuedTokens

beforeAll(async () => {
  suite = await startTokenSuite()
  await addScopes(suite.database, ['api:read'])
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

const inactive = { active: false }

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

describe('RFC 7662 §2.2: an access token', () => {
  it('of the asking client is described by its claims, and no cache may keep the answer', async () => {
    const { id, ask, grant } = await anAsker()
    const granted = grant({ acr: 'urn:latchkey:acr:sfa', scope: 'openid email' })
    const { status, headers, body } = await ask(await issued.accessToken(granted))
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toEqual({
      active: true,
      iss: issuer,
      sub: granted.subject,
      aud: issuer,
      client_id: id,
      token_type: 'Bearer',
      scope: 'openid email',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      sid: granted.sessionId,
      auth_time: expect.any(Number),
      acr: 'urn:latchkey:acr:sfa',
      amr: ['pwd'],
    })
  })

  it('shows the key that it is bound to (RFC 9449 §6.2), and who acts (RFC 8693 §4.1)', async () => {
    const { ask, grant } = await anAsker()
    const dpopJkt = 'a'.repeat(43)
    const token = await issued.accessToken(grant({ dpopJkt }), { actor: { sub: 'machine' } })
    expect((await ask(token)).body).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: dpopJkt },
      act: { sub: 'machine' },
    })
  })

  it('of a machine speaks of no user', async () => {
    const { id, rawSecret, ask } = await anAsker({
      metadata: { grant_types: ['client_credentials'], scope: 'api:read' },
    })
    const { body } = await replica.postForm('/oauth/token', {
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: rawSecret,
      scope: 'api:read',
    })
    const answer = (await ask(String(body.access_token))).body
    expect(answer).toMatchObject({ active: true, sub: id, client_id: id, scope: 'api:read' })
    for (const absent of ['sid', 'auth_time', 'act', 'cnf']) expect(answer).not.toHaveProperty(absent)
  })
})

describe('RFC 7662 §2.2: a refresh token', () => {
  it('of the asking client is described, without the type and audience that would let it pass for an access token', async () => {
    const { id, ask, grant } = await anAsker()
    const granted = grant()
    const { body } = await ask(await issued.refreshToken(granted))
    expect(body).toEqual({
      active: true,
      iss: issuer,
      sub: granted.subject,
      client_id: id,
      scope: 'openid profile email roles',
      exp: expect.any(Number),
      sid: granted.sessionId,
      auth_time: expect.any(Number),
      acr: 'urn:latchkey:acr:sfa',
      amr: ['pwd'],
    })
  })

  it('is inactive once its family has ended, it was used, or it has expired', async () => {
    const { ask, grant } = await anAsker()
    const ended = grant()
    const token = await issued.refreshToken(ended)
    await suite.database.pool.query('update refresh_families set ended_at = now() where id = $1', [ended.id])
    expect((await ask(token)).body).toEqual(inactive)
    for (const change of [`current_hash = '\\x00'`, `expires_at = now()`]) {
      const changed = grant()
      const raw = await issued.refreshToken(changed)
      await suite.database.pool.query(`update refresh_families set ${change} where id = $1`, [changed.id])
      expect((await ask(raw)).body).toEqual(inactive)
    }
  })

  it('ends with its session, unless it was granted offline_access', async () => {
    const { ask, grant } = await anAsker()
    for (const [isOffline, body] of [
      [false, inactive],
      [true, expect.objectContaining({ active: true })],
    ] as const) {
      const granted = grant({ isOffline })
      const token = await issued.refreshToken(granted)
      await redis.set(`session_ended:${granted.sessionId}`, 'logout')
      expect((await ask(token)).body).toEqual(body)
    }
  })
})

describe('RFC 7662 §2.1: token_type_hint is only a hint', () => {
  it.each(['access_token', 'refresh_token', 'nonsense', 'id_token'])('%s finds either kind', async hint => {
    const { ask, grant } = await anAsker()
    for (const token of [await issued.accessToken(grant()), await issued.refreshToken(grant())])
      expect((await ask(token, { token_type_hint: hint })).body).toMatchObject({ active: true })
  })
})

describe('CHECKLIST 27: introspection needs authentication', () => {
  it('refuses who does not authenticate, in the words of the token endpoint', async () => {
    const { id, grant } = await anAsker()
    const token = await issued.accessToken(grant())
    for (const parameters of [
      { token },
      { token, client_id: id },
      { token, client_id: id, client_secret: 'no' },
    ]) {
      const { status, body } = await replica.postForm('/oauth/introspect', parameters)
      expect([400, 401]).toContain(status)
      expect(body).toMatchObject({ error: expect.stringMatching(/^invalid_(client|request)$/) })
      expect(body).not.toHaveProperty('active')
    }
  })

  it('refuses public clients, whose ids anybody may know (§4)', async () => {
    const { id } = await aClient(suite.database, { type: 'public' })
    const token = await issued.accessToken(aGrant({ clientId: id }))
    const { status, body } = await replica.postForm('/oauth/introspect', { client_id: id, token })
    expect([status, body.error, body.error_description]).toEqual([
      401,
      'invalid_client',
      'Client authentication failed',
    ])
  })

  it('takes no token from the URL, needs one in the body, and answers by POST alone', async () => {
    const { id, rawSecret } = await anAsker()
    const credentials = { client_id: id, client_secret: rawSecret }
    const missing = await replica.postForm('/oauth/introspect', credentials)
    expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request'])
    const inUrl = await replica.postForm('/oauth/introspect?token=a', { ...credentials, token: 'a' })
    expect([inUrl.status, inUrl.body.error]).toEqual([400, 'invalid_request'])
    expect((await replica.get('/oauth/introspect')).status).toBe(405)
  })
})

describe('CHECKLIST 27: inactive gives {"active": false} alone', () => {
  const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  it('for what is no token at all', async () => {
    const { ask } = await anAsker()
    for (const token of ['nonsense', `lkr_${'A'.repeat(43)}`, '..', 'x'.repeat(50_000), 'é', 'null'])
      expect((await ask(token)).body).toEqual(inactive)
  })

  it('for an expired one, also where it was seen before', async () => {
    const { ask, grant } = await anAsker()
    const shortLived = await issued.accessToken(grant(), { ttlSeconds: 3 })
    expect((await ask(shortLived)).body).toMatchObject({ active: true })
    await eventually(async () => expect((await ask(shortLived)).body).toEqual(inactive), { intervalMs: 200 })
  })

  it('for an ID token, a signed answer, and a token of another type (CHECKLIST 19)', async () => {
    const { id, ask, grant } = await anAsker()
    expect((await ask(await issued.idToken(grant()))).body).toEqual(inactive)
    const { kid, privateKey } = issued.keyring.getSigningKey('ES256')
    const claims = decodeJwt(await issued.accessToken(grant()))
    for (const typ of ['JWT', 'token-introspection+jwt', 'logout+jwt', 'dpop+jwt', undefined]) {
      const header = { alg: 'ES256', kid, ...(typ === undefined ? {} : { typ }) }
      const token = await new SignJWT({ ...claims, client_id: id })
        .setProtectedHeader(header)
        .sign(privateKey)
      expect((await ask(token)).body).toEqual(inactive)
    }
  })

  it('for hostile tokens (CHECKLIST 21): none, RS→HS, another algorithm of the key, a brought key, a strange kid', async () => {
    const { ask, grant } = await anAsker()
    const claims = decodeJwt(await issued.accessToken(grant()))
    const stranger = await generateKeyPair('ES256', { extractable: true })
    const { kid, publicJwk } = issued.keyring.getSigningKey('ES256')
    const rsa = issued.keyring.getSigningKey('RS256')
    const payload = base64url(claims)
    const unsigned = (alg: string) => `${base64url({ alg, typ: 'at+jwt', kid })}.${payload}.`
    const hmac = (secret: string) => {
      const signed = `${base64url({ alg: 'HS256', typ: 'at+jwt', kid: rsa.kid })}.${payload}`
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    }
    const strange = (header: Record<string, unknown>) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header } as never)
        .sign(stranger.privateKey)
    const hostile = [
      unsigned('none'),
      unsigned('None'),
      hmac(JSON.stringify(rsa.publicJwk)),
      hmac(''),
      await strange({}),
      await strange({ jku: 'https://evil.example/jwks.json' }),
      await strange({ jwk: publicJwk }),
      await strange({ kid: randomUUID() }),
      await strange({ kid: '__proto__' }),
      await strange({ kid: '../../dev/null' }),
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid }).sign(rsa.privateKey),
    ]
    for (const token of hostile) expect((await ask(token)).body).toEqual(inactive)
  })

  it('for a token of another issuer, signed with our key', async () => {
    const { ask, grant } = await anAsker()
    const claims = decodeJwt(await issued.accessToken(grant()))
    const { kid, privateKey } = issued.keyring.getSigningKey('ES256')
    const token = await new SignJWT({ ...claims, iss: 'https://other.example' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .sign(privateKey)
    expect((await ask(token)).body).toEqual(inactive)
  })

  it('for a token whose session has ended, whether Redis or only the session service knows', async () => {
    const { ask, grant } = await anAsker()
    const granted = grant()
    const token = await issued.accessToken(granted)
    expect((await ask(token)).body).toMatchObject({ active: true })
    await redis.set(`session_ended:${granted.sessionId}`, 'logout')
    expect((await ask(token)).body).toEqual(inactive)

    const unmarked = grant()
    const second = await issued.accessToken(unmarked)
    suite.sessionService.ended.set(unmarked.sessionId, 'END_REASON_LOGOUT')
    await redis.del('revocation:epoch')
    try {
      expect((await ask(second)).body).toEqual(inactive)
    } finally {
      await redis.set('revocation:epoch', 'epoch-2')
    }
  })

  it('for a token of a client that was switched off', async () => {
    const resource = `https://api.example/${randomUUID()}`
    const { ask } = await anAsker({ metadata: { resources: [resource] } })
    const { id } = await aClient(suite.database, { active: false })
    const token = await issued.accessToken(aGrant({ clientId: id, resources: [resource] }))
    expect((await ask(token)).body).toEqual(inactive)
  })
})

describe('CHECKLIST 27: nothing leaks across clients (RFC 7662 §4)', () => {
  it('a client learns nothing about another’s tokens', async () => {
    const [asker, owner] = [await anAsker(), await anAsker()]
    const tokens = [
      await issued.accessToken(owner.grant()),
      await issued.accessToken(owner.grant({ resources: ['https://api.example'] })),
      await issued.refreshToken(owner.grant()),
    ]
    for (const token of tokens) expect((await asker.ask(token)).body).toEqual(inactive)
    const { accessToken, refreshToken } = await suite.signIn(replica)
    for (const token of [accessToken, refreshToken]) expect((await asker.ask(token)).body).toEqual(inactive)
  })

  it('a resource server may ask about tokens that are for it, of any client, and no refresh token', async () => {
    const resource = `https://api.example/${randomUUID()}`
    const api = await anAsker({ metadata: { resources: [resource] } })
    const owner = await anAsker()
    const grant = owner.grant({ resources: [resource, 'https://other.example'] })
    expect((await api.ask(await issued.accessToken(grant))).body).toMatchObject({
      active: true,
      client_id: owner.id,
      aud: [resource, 'https://other.example'],
    })
    expect((await api.ask(await issued.refreshToken(grant))).body).toEqual(inactive)
  })

  it('whoever registered itself is no resource server, whatever it says', async () => {
    const resource = `https://api.example/${randomUUID()}`
    const upstart = await anAsker({ origin: 'registration', metadata: { resources: [resource] } })
    const owner = await anAsker()
    const token = await issued.accessToken(owner.grant({ resources: [resource] }))
    expect((await upstart.ask(token)).body).toEqual(inactive)
  })

  it('a resource server of the issuer itself may ask about first-party tokens', async () => {
    const api = await anAsker({ metadata: { resources: [issuer] } })
    const { accessToken, userId, sessionId } = await suite.signIn(replica)
    expect((await api.ask(accessToken)).body).toMatchObject({
      active: true,
      client_id: 'latchkey',
      sub: userId,
      sid: sessionId,
    })
  })

  it('a client’s id is case-sensitive', async () => {
    const asker = await anAsker()
    const token = await issued.accessToken(aGrant({ clientId: asker.id.toUpperCase() as ClientId }))
    expect((await asker.ask(token)).body).toEqual(inactive)
  })
})

describe('revocation is looked at with every question', () => {
  it('also where the token was verified a moment ago, and at another replica', async () => {
    const { ask, grant } = await anAsker()
    const token = await issued.accessToken(grant())
    for (const at of [replica, other]) expect((await ask(token, {}, at)).body).toMatchObject({ active: true })
    await suite.database.pool.query(
      `insert into revocations (key, expires_at) values ($1, now() + interval '1 hour')`,
      [`jti:${decodeJwt(token).jti}`],
    )
    for (const at of [replica, other]) expect((await ask(token, {}, at)).body).toEqual(inactive)
  })

  it('answers fifty questions about good and revoked tokens at once, each by itself', async () => {
    const { ask, grant } = await anAsker()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => issued.accessToken(grant())))
    const revoked = tokens.filter((_, index) => index % 3 === 0)
    await suite.database.pool.query(
      `insert into revocations (key, expires_at) select k, now() + interval '1 hour' from unnest($1::text[]) k`,
      [revoked.map(token => `jti:${decodeJwt(token).jti}`)],
    )
    const answers = await Promise.all(tokens.map(token => ask(token)))
    expect(answers.map(answer => answer.body.active)).toEqual(tokens.map(token => !revoked.includes(token)))
  })
})

describe('RFC 9701: the answer as a signed JWT', () => {
  const type = 'application/token-introspection+jwt'

  const signedAnswer = async (init: ClientInit, accept: string, token?: string) => {
    const asker = await anAsker(init)
    const asked = token ?? (await issued.accessToken(asker.grant()))
    const form = new URLSearchParams({ client_id: asker.id, client_secret: asker.rawSecret, token: asked })
    const response = await replica.post('/oauth/introspect', form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      accept,
    })
    return { asker, contentType: response.headers.get('content-type'), text: await response.text() }
  }
  const verify = (text: string, audience: string) =>
    jwtVerify(text, createLocalJWKSet(issued.keyring.getJwks()), {
      issuer,
      audience,
      typ: 'token-introspection+jwt',
    })

  it('comes where it is asked for, RS256 unless the client registered otherwise (§4, §5)', async () => {
    const { asker, contentType, text } = await signedAnswer({}, type)
    expect(contentType).toBe(type)
    const { payload, protectedHeader } = await verify(text, asker.id)
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'token-introspection+jwt', kid: expect.any(String) })
    expect(payload).toEqual({
      iss: issuer,
      aud: asker.id,
      iat: expect.any(Number),
      token_introspection: expect.objectContaining({ active: true, client_id: asker.id }),
    })
  })

  it.each(['ES256', 'EdDSA'] as const)('comes unasked to a client that registered %s', async alg => {
    const { asker, text } = await signedAnswer(
      { metadata: { introspection_signed_response_alg: alg } },
      '*/*',
    )
    const { protectedHeader } = await verify(text, asker.id)
    expect(protectedHeader.alg).toBe(alg)
  })

  it('is left out for such a client where it asks for JSON', async () => {
    const metadata = { introspection_signed_response_alg: 'ES256' } as const
    const { contentType } = await signedAnswer({ metadata }, 'application/json')
    expect(contentType).toMatch(/^application\/json/)
  })

  it('says no more about an inactive token', async () => {
    const { asker, text } = await signedAnswer({}, type, 'nonsense')
    const { payload } = await verify(text, asker.id)
    expect(payload.token_introspection).toEqual(inactive)
  })

  it('can not be used as an access token (§8.1)', async () => {
    const { asker, text } = await signedAnswer({}, type)
    expect(decodeProtectedHeader(text).typ).toBe('token-introspection+jwt')
    expect((await asker.ask(text)).body).toEqual(inactive)
  })
})

it('answers 503 while nobody can say whether the session lives', async () => {
  const { ask, grant } = await anAsker()
  const token = await issued.accessToken(grant({ subject: createUuid() }))
  suite.sessionService.away = true
  await redis.del('revocation:epoch')
  try {
    const { status, headers, body } = await ask(token)
    expect([status, body.error, headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '2'])
    expect(body).not.toHaveProperty('active')
  } finally {
    suite.sessionService.away = false
    await redis.set('revocation:epoch', 'epoch-3')
  }
})
