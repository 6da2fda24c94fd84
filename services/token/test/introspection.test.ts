import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import type { ClientId } from '../src/domain/ids.ts'
import { aClient, type ClientInit } from './a-client.ts'
import { type IntrospectionSuite, inactive, startIntrospectionSuite } from './introspection-under-test.ts'
import { aGrant } from './issued-tokens.ts'
import { issuer } from './token-under-test.ts'

let suite: IntrospectionSuite
beforeAll(async () => {
  suite = await startIntrospectionSuite()
})
afterAll(() => suite.close())

describe('RFC 7662 §2.2: an access token', () => {
  it('of the asking client is described by its claims, and no cache may keep the answer', async () => {
    const { id, ask, grant } = await suite.anAsker()
    const granted = grant({ acr: 'urn:latchkey:acr:sfa', scope: 'openid email' })
    const { status, headers, body } = await ask(await suite.issued.accessToken(granted))
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
    const { ask, grant } = await suite.anAsker()
    const dpopJkt = 'a'.repeat(43)
    const token = await suite.issued.accessToken(grant({ dpopJkt }), { actor: { sub: 'machine' } })
    expect((await ask(token)).body).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: dpopJkt },
      act: { sub: 'machine' },
    })
  })

  it('of a machine speaks of no user', async () => {
    const { id, rawSecret, ask } = await suite.anAsker({
      metadata: { grant_types: ['client_credentials'], scope: 'api:read' },
    })
    const { body } = await suite.replica.postForm('/oauth/token', {
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
    const { id, ask, grant } = await suite.anAsker()
    const granted = grant()
    const { body } = await ask(await suite.issued.refreshToken(granted))
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
    const { ask, grant } = await suite.anAsker()
    const ended = grant()
    const token = await suite.issued.refreshToken(ended)
    await suite.database.pool.query('update refresh_families set ended_at = now() where id = $1', [ended.id])
    expect((await ask(token)).body).toEqual(inactive)
    for (const change of [`current_hash = '\\x00'`, `expires_at = now()`]) {
      const changed = grant()
      const raw = await suite.issued.refreshToken(changed)
      await suite.database.pool.query(`update refresh_families set ${change} where id = $1`, [changed.id])
      expect((await ask(raw)).body).toEqual(inactive)
    }
  })

  it('ends with its session, unless it was granted offline_access', async () => {
    const { ask, grant } = await suite.anAsker()
    for (const [isOffline, body] of [
      [false, inactive],
      [true, expect.objectContaining({ active: true })],
    ] as const) {
      const granted = grant({ isOffline })
      const token = await suite.issued.refreshToken(granted)
      await suite.redis.set(`session_ended:${granted.sessionId}`, 'logout')
      expect((await ask(token)).body).toEqual(body)
    }
  })
})

describe('RFC 7662 §2.1: token_type_hint is only a hint', () => {
  it.each(['access_token', 'refresh_token', 'nonsense', 'id_token'])('%s finds either kind', async hint => {
    const { ask, grant } = await suite.anAsker()
    for (const token of [await suite.issued.accessToken(grant()), await suite.issued.refreshToken(grant())])
      expect((await ask(token, { token_type_hint: hint })).body).toMatchObject({ active: true })
  })
})

describe('CHECKLIST 27: introspection needs authentication', () => {
  it('refuses who does not authenticate, in the words of the token endpoint', async () => {
    const { id, grant } = await suite.anAsker()
    const token = await suite.issued.accessToken(grant())
    for (const parameters of [
      { token },
      { token, client_id: id },
      { token, client_id: id, client_secret: 'no' },
    ]) {
      const { status, body } = await suite.replica.postForm('/oauth/introspect', parameters)
      expect([400, 401]).toContain(status)
      expect(body).toMatchObject({ error: expect.stringMatching(/^invalid_(client|request)$/) })
      expect(body).not.toHaveProperty('active')
    }
  })

  it('refuses public clients, whose ids anybody may know (§4)', async () => {
    const { id } = await aClient(suite.database, { type: 'public' })
    const token = await suite.issued.accessToken(aGrant({ clientId: id }))
    const { status, body } = await suite.replica.postForm('/oauth/introspect', { client_id: id, token })
    expect([status, body.error, body.error_description]).toEqual([
      401,
      'invalid_client',
      'Client authentication failed',
    ])
  })

  it('takes no token from the URL, needs one in the body, and answers by POST alone', async () => {
    const { id, rawSecret } = await suite.anAsker()
    const credentials = { client_id: id, client_secret: rawSecret }
    const missing = await suite.replica.postForm('/oauth/introspect', credentials)
    expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request'])
    const inUrl = await suite.replica.postForm('/oauth/introspect?token=a', { ...credentials, token: 'a' })
    expect([inUrl.status, inUrl.body.error]).toEqual([400, 'invalid_request'])
    expect((await suite.replica.get('/oauth/introspect')).status).toBe(405)
  })
})

describe('CHECKLIST 27: nothing leaks across clients (RFC 7662 §4)', () => {
  it('a client learns nothing about another’s tokens', async () => {
    const [asker, owner] = [await suite.anAsker(), await suite.anAsker()]
    const tokens = [
      await suite.issued.accessToken(owner.grant()),
      await suite.issued.accessToken(owner.grant({ resources: ['https://api.example'] })),
      await suite.issued.refreshToken(owner.grant()),
    ]
    for (const token of tokens) expect((await asker.ask(token)).body).toEqual(inactive)
    const { accessToken, refreshToken } = await suite.signIn(suite.replica)
    for (const token of [accessToken, refreshToken]) expect((await asker.ask(token)).body).toEqual(inactive)
  })

  it('a resource server may ask about tokens that are for it, of any client, and no refresh token', async () => {
    const resource = `https://api.example/${randomUUID()}`
    const api = await suite.anAsker({ metadata: { resources: [resource] } })
    const owner = await suite.anAsker()
    const grant = owner.grant({ resources: [resource, 'https://other.example'] })
    expect((await api.ask(await suite.issued.accessToken(grant))).body).toMatchObject({
      active: true,
      client_id: owner.id,
      aud: [resource, 'https://other.example'],
    })
    expect((await api.ask(await suite.issued.refreshToken(grant))).body).toEqual(inactive)
  })

  it('whoever registered itself is no resource server, whatever it says', async () => {
    const resource = `https://api.example/${randomUUID()}`
    const upstart = await suite.anAsker({ origin: 'registration', metadata: { resources: [resource] } })
    const owner = await suite.anAsker()
    const token = await suite.issued.accessToken(owner.grant({ resources: [resource] }))
    expect((await upstart.ask(token)).body).toEqual(inactive)
  })

  it('a resource server of the issuer itself may ask about first-party tokens', async () => {
    const api = await suite.anAsker({ metadata: { resources: [issuer] } })
    const { accessToken, userId, sessionId } = await suite.signIn(suite.replica)
    expect((await api.ask(accessToken)).body).toMatchObject({
      active: true,
      client_id: 'latchkey',
      sub: userId,
      sid: sessionId,
    })
  })

  it('a client’s id is case-sensitive', async () => {
    const asker = await suite.anAsker()
    const token = await suite.issued.accessToken(aGrant({ clientId: asker.id.toUpperCase() as ClientId }))
    expect((await asker.ask(token)).body).toEqual(inactive)
  })
})

describe('RFC 9701: the answer as a signed JWT', () => {
  const type = 'application/token-introspection+jwt'

  const signedAnswer = async (init: ClientInit, accept: string, token?: string) => {
    const asker = await suite.anAsker(init)
    const asked = token ?? (await suite.issued.accessToken(asker.grant()))
    const form = new URLSearchParams({ client_id: asker.id, client_secret: asker.rawSecret, token: asked })
    const response = await suite.replica.post('/oauth/introspect', form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      accept,
    })
    return { asker, contentType: response.headers.get('content-type'), text: await response.text() }
  }
  const verify = (text: string, audience: string) =>
    jwtVerify(text, createLocalJWKSet(suite.issued.keyring.getJwks()), {
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
