import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createKeptLog } from '@latchkey/service-testkit'
import { Redis } from 'ioredis'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { aClient, type ClientInit, redirectUri } from './a-client.ts'
import { aCode, type CodeInit } from './a-code.ts'
import { createDpopClient } from './dpop-client.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>
type Parameters = Readonly<Record<string, string | readonly string[]>>

let suite: Suite
let replica: Replica
let other: Replica
let redis: Redis
const log = createKeptLog()

beforeAll(async () => {
  suite = await startTokenSuite()
  ;[replica, other] = await Promise.all([
    suite.startReplica({ DPOP_REQUIRE_NONCE: 'false' }, log.loggerOf('token')),
    suite.startReplica(),
  ])
  redis = new Redis(suite.redis.url)
  await redis.set('revocation:epoch', 'epoch-1')
})
afterAll(async () => {
  redis.disconnect()
  await Promise.all([replica.close(), other.close()])
  await suite.close()
})

const spent = { error: 'invalid_grant', error_description: 'Authorization code expired or already used' }
const unproved = { error: 'invalid_grant', error_description: 'PKCE verification failed' }

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

const verifyIdToken = async (idToken: unknown, clientId: string) => {
  const jwks = (await (await replica.get('/.well-known/jwks.json')).json()) as JSONWebKeySet
  return jwtVerify(String(idToken), createLocalJWKSet(jwks), { issuer, audience: clientId })
}

describe('draft OAuth 2.1 §4.1.3: an authorization code', () => {
  it('is exchanged for tokens that say what was granted', async () => {
    const { client, grant, redeem } = await aRedemption({ grant: { acr: 'urn:latchkey:acr:sfa' } })
    const { status, headers, body } = await redeem()
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
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      iss: issuer,
      aud: issuer,
      sub: grant.subject,
      client_id: client.id,
      sid: grant.sessionId,
      grant_id: grant.id,
      scope: 'openid profile',
      amr: ['pwd'],
      acr: 'urn:latchkey:acr:sfa',
    })
  })

  it('gives an ID token for its client, of this sign-in and this access token (Core §3.1.3.6)', async () => {
    const { client, grant, redeem } = await aRedemption({ code: { nonce: 'n-0S6_WzA2Mj' } })
    const { body } = await redeem()
    const { payload, protectedHeader } = await verifyIdToken(body.id_token, client.id)
    const digest = createHash('sha256').update(String(body.access_token)).digest()
    expect(protectedHeader.alg).toBe('RS256')
    expect(payload).toMatchObject({
      sub: grant.subject,
      nonce: 'n-0S6_WzA2Mj',
      auth_time: Math.floor(grant.authenticatedAt.getTime() / 1000),
      amr: ['pwd'],
      sid: grant.sessionId,
      at_hash: digest.subarray(0, 16).toString('base64url'),
    })
  })

  it('gives no ID token without openid, and no refresh token to a client that may not refresh', async () => {
    const { redeem } = await aRedemption({
      grant: { scope: 'profile' },
      client: { metadata: { grant_types: ['authorization_code'] } },
    })
    const { body } = await redeem()
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
  })

  it('gives tokens that live as long as the client’s do', async () => {
    const { redeem } = await aRedemption({
      client: { metadata: { access_token_ttl_seconds: 60, refresh_token_ttl_seconds: 120 } },
    })
    const { body } = await redeem()
    expect([body.expires_in, body.refresh_expires_in]).toEqual([60, 120])
  })

  it('is for fewer of the granted resources where the request names some, and never for more (CHECKLIST 20)', async () => {
    const resources = ['https://api.example/', 'https://mail.example/']
    const some = await aRedemption({ grant: { resources } })
    const { body } = await some.redeem({ resource: 'https://mail.example/' })
    expect(decodeJwt(String(body.access_token)).aud).toBe('https://mail.example/')
    const more = await aRedemption({ grant: { resources } })
    expect((await more.redeem({ resource: 'https://other.example/' })).body.error).toBe('invalid_target')
  })
})

describe('CHECKLIST 14: a code has at most one success', () => {
  it('under twenty parallel redemptions over two replicas, whose other ones revoke what it gave', async () => {
    const { client, grant, redeem } = await aRedemption()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => redeem({}, n % 2 === 0 ? replica : other)),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    for (const { status, body } of answers)
      if (status !== 200) expect([status, body]).toEqual([400, expect.objectContaining(spent)])
    expect(await isRevoked(grant.id)).toBe(true)
    const { body } = await refresh(client.id, won[0]?.body.refresh_token)
    expect(body).toMatchObject({ error: 'invalid_grant' })
  })

  it('and a replay revokes what was issued, and says so in the log', async () => {
    const { client, grant, redeem } = await aRedemption()
    const first = await redeem()
    expect(await isRevoked(grant.id)).toBe(false)
    expect(await redeem({}, other)).toMatchObject({ status: 400, body: spent })
    expect(await redeem()).toMatchObject({ status: 400, body: spent })
    expect(await isRevoked(grant.id)).toBe(true)
    expect((await refresh(client.id, first.body.refresh_token)).body.error).toBe('invalid_grant')
    expect(await suite.database.prisma.refreshFamily.findUnique({ where: { id: grant.id } })).toMatchObject({
      endReason: 'authorization_code_reused',
    })
    expect(log.entries()).toContainEqual(
      expect.objectContaining({ message: 'an authorization code was used again', grant_id: grant.id }),
    )
  })

  it('expires', async () => {
    const { redeem } = await aRedemption({ code: { ttlSeconds: 0 } })
    expect(await redeem()).toMatchObject({ status: 400, body: spent })
  })

  it('is unknown to everybody where it was never issued', async () => {
    const { redeem } = await aRedemption()
    const code = randomBytes(32).toString('base64url')
    expect(await redeem({ code })).toMatchObject({ status: 400, body: spent })
    expect((await redeem({ code: '' })).body).toMatchObject({
      error: 'invalid_request',
      error_description: 'code parameter is required',
    })
  })

  it('is of no use to another client, and is not used up by it', async () => {
    const { redeem } = await aRedemption()
    const stranger = await aClient(suite.database)
    expect(await redeem({ client_id: stranger.id })).toMatchObject({ status: 400, body: spent })
    expect((await redeem()).status).toBe(200)
  })

  it('is bound to its redirect URI, and used up by another one', async () => {
    const { redeem } = await aRedemption()
    const { status, body } = await redeem({ redirect_uri: `${redirectUri}/` })
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
    expect((await redeem()).body).toMatchObject(spent)
  })

  it('needs no redirect URI where a verifier proves who began (draft OAuth 2.1 §10.2)', async () => {
    expect((await (await aRedemption()).redeem({ redirect_uri: '' })).status).toBe(200)
    const without = await aRedemption({ code: { codeChallenge: undefined } })
    const { body } = await without.redeem({ redirect_uri: '', code_verifier: '' })
    expect(body.error).toBe('invalid_grant')
  })

  it('is over with its session', async () => {
    const { grant, redeem } = await aRedemption()
    await redis.set(`session_ended:${grant.sessionId}`, 'logout')
    expect(await redeem()).toMatchObject({ status: 400, body: spent })
  })
})

describe('CHECKLIST 6: PKCE, both ways (RFC 7636 §4.6, BCP 4.8.2)', () => {
  it.each([
    ['another verifier', randomBytes(32).toString('base64url')],
    ['no verifier', ''],
    ['a verifier that is none', 'short'],
  ])('refuses %s where there is a challenge, and the code is used up', async (_, verifier) => {
    const { redeem } = await aRedemption()
    expect(await redeem({ code_verifier: verifier })).toMatchObject({ status: 400, body: unproved })
    expect((await redeem()).body).toMatchObject(spent)
  })

  it('refuses the challenge as its own verifier', async () => {
    const { codeVerifier, redeem } = await aRedemption()
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    expect((await redeem({ code_verifier: challenge })).body).toMatchObject(unproved)
  })

  it('refuses a verifier where there was no challenge', async () => {
    const { redeem } = await aRedemption({ code: { codeChallenge: undefined } })
    expect((await redeem()).body).toMatchObject(unproved)
  })

  it('goes without where the client may, and had no challenge', async () => {
    const { redeem } = await aRedemption({ code: { codeChallenge: undefined } })
    expect((await redeem({ code_verifier: '' })).status).toBe(200)
  })
})

describe('CHECKLIST 24: DPoP at the token endpoint (RFC 9449 §5)', () => {
  const url = `${issuer}/oauth/token`

  it('binds the access token and a public client’s refresh token to the key', async () => {
    const key = createDpopClient()
    const { client, redeem } = await aRedemption()
    const { body, headers } = await redeem({}, replica, { dpop: await key.aProof({ url }) })
    expect(body.token_type).toBe('DPoP')
    expect(headers.get('dpop-nonce')).toEqual(expect.any(String))
    expect(decodeJwt(String(body.access_token)).cnf).toEqual({ jkt: key.jkt })

    const parameters = {
      grant_type: 'refresh_token',
      client_id: client.id,
      refresh_token: String(body.refresh_token),
    }
    const strangers = createDpopClient()
    for (const proof of [undefined, await strangers.aProof({ url })]) {
      const headers: Record<string, string> = proof === undefined ? {} : { dpop: proof }
      expect((await replica.postForm('/oauth/token', parameters, headers)).body.error).toBe('invalid_grant')
    }
    const next = await replica.postForm('/oauth/token', parameters, { dpop: await key.aProof({ url }) })
    expect(decodeJwt(String(next.body.access_token)).cnf).toEqual({ jkt: key.jkt })
  })

  it('gives tokens to the key of the authorization request alone (§10)', async () => {
    const key = createDpopClient()
    const wrong = await aRedemption({ grant: { dpopJkt: key.jkt } })
    expect((await wrong.redeem()).body.error).toBe('invalid_grant')
    const right = await aRedemption({ grant: { dpopJkt: key.jkt } })
    expect((await right.redeem({}, replica, { dpop: await key.aProof({ url }) })).status).toBe(200)
  })

  it('asks for a nonce, uses nothing up, and takes the proof with it (§8)', async () => {
    const key = createDpopClient()
    const { redeem } = await aRedemption()
    const asked = await redeem({}, other, { dpop: await key.aProof({ url }) })
    expect([asked.status, asked.body.error]).toEqual([400, 'use_dpop_nonce'])
    const nonce = asked.headers.get('dpop-nonce') ?? ''
    expect((await redeem({}, other, { dpop: await key.aProof({ url, nonce }) })).status).toBe(200)
  })

  it('is needed by a client that has registered it (§5.2)', async () => {
    const { redeem } = await aRedemption({ client: { metadata: { dpop_bound_access_tokens: true } } })
    expect(await redeem()).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const key = createDpopClient()
    expect((await redeem({}, replica, { dpop: await key.aProof({ url }) })).status).toBe(200)
  })
})

describe('a refusal', () => {
  it('leaves a line with its reason under the request id, for the operator', async () => {
    const { client, redeem } = await aRedemption()
    const requestId = '0198f3c2-7a54-7cc4-9d5c-2f6f0a8e1b7d'
    await redeem({ code_verifier: '' }, replica, { 'x-request-id': requestId })
    expect(log.entries()).toContainEqual(
      expect.objectContaining({
        message: 'a token request was refused',
        request_id: requestId,
        client_id: client.id,
        grant_type: 'authorization_code',
        oauth_error: 'invalid_grant',
        description: 'PKCE verification failed',
      }),
    )
  })

  it('is counted apart from what gives tokens', async () => {
    const issued = async () => {
      const text = await (await fetch(`http://127.0.0.1:${replica.ports.management}/metrics`)).text()
      return Number(/^tokens_issued_total\{[^}]*authorization_code[^}]*\} (\d+)$/m.exec(text)?.[1])
    }
    const [{ redeem }, before] = [await aRedemption(), await issued()]
    await redeem()
    await redeem()
    expect(await issued()).toBe(before + 1)
  })
})

it('CHECKLIST 41: leaves no code, verifier or token in the log', async () => {
  const { code, codeVerifier, redeem } = await aRedemption()
  const { body } = await redeem()
  await redeem()
  await replica.postForm(`/oauth/token?code=${code}`, { grant_type: 'authorization_code' })
  const lines = log.lines.join('\n')
  for (const secret of [code, codeVerifier, body.access_token, body.refresh_token, body.id_token]) {
    expect(lines).not.toContain(String(secret).replace(/^lkr_/, ''))
  }
})
