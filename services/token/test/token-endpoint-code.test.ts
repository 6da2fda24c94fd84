/** The token endpoint for a code: what it gives, what proves who began, and what it tells of a refusal. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { type CodeRedemptions, spent, startCodeRedemptions } from './code-redemptions.ts'
import { issuer } from './token-under-test.ts'

let codes: CodeRedemptions
beforeAll(async () => {
  codes = await startCodeRedemptions()
})
afterAll(() => codes.close())

const unproved = { error: 'invalid_grant', error_description: 'PKCE verification failed' }

const verifyIdToken = async (idToken: unknown, clientId: string) => {
  const jwks = (await (await codes.replica.get('/.well-known/jwks.json')).json()) as JSONWebKeySet
  return jwtVerify(String(idToken), createLocalJWKSet(jwks), { issuer, audience: clientId })
}

describe('draft OAuth 2.1 §4.1.3: an authorization code', () => {
  it('is exchanged for tokens that say what was granted', async () => {
    const { client, grant, redeem } = await codes.aRedemption({ grant: { acr: 'urn:latchkey:acr:sfa' } })
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
    const { client, grant, redeem } = await codes.aRedemption({ code: { nonce: 'n-0S6_WzA2Mj' } })
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
    const { redeem } = await codes.aRedemption({
      grant: { scope: 'profile' },
      client: { metadata: { grant_types: ['authorization_code'] } },
    })
    const { body } = await redeem()
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
  })

  it('gives tokens that live as long as the client’s do', async () => {
    const { redeem } = await codes.aRedemption({
      client: { metadata: { access_token_ttl_seconds: 60, refresh_token_ttl_seconds: 120 } },
    })
    const { body } = await redeem()
    expect([body.expires_in, body.refresh_expires_in]).toEqual([60, 120])
  })

  it('is for fewer of the granted resources where the request names some, and never for more (CHECKLIST 20)', async () => {
    const resources = ['https://api.example/', 'https://mail.example/']
    const some = await codes.aRedemption({ grant: { resources } })
    const { body } = await some.redeem({ resource: 'https://mail.example/' })
    expect(decodeJwt(String(body.access_token)).aud).toBe('https://mail.example/')
    const more = await codes.aRedemption({ grant: { resources } })
    expect((await more.redeem({ resource: 'https://other.example/' })).body.error).toBe('invalid_target')
  })
})

describe('CHECKLIST 6: PKCE, both ways (RFC 7636 §4.6, BCP 4.8.2)', () => {
  it.each([
    ['another verifier', randomBytes(32).toString('base64url')],
    ['no verifier', ''],
    ['a verifier that is none', 'short'],
  ])('refuses %s where there is a challenge, and the code is used up', async (_, verifier) => {
    const { redeem } = await codes.aRedemption()
    expect(await redeem({ code_verifier: verifier })).toMatchObject({ status: 400, body: unproved })
    expect((await redeem()).body).toMatchObject(spent)
  })

  it('refuses the challenge as its own verifier', async () => {
    const { codeVerifier, redeem } = await codes.aRedemption()
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    expect((await redeem({ code_verifier: challenge })).body).toMatchObject(unproved)
  })

  it('refuses a verifier where there was no challenge', async () => {
    const { redeem } = await codes.aRedemption({ code: { codeChallenge: undefined } })
    expect((await redeem()).body).toMatchObject(unproved)
  })

  it('goes without where the client may, and had no challenge', async () => {
    const { redeem } = await codes.aRedemption({ code: { codeChallenge: undefined } })
    expect((await redeem({ code_verifier: '' })).status).toBe(200)
  })
})

describe('a refusal', () => {
  it('leaves a line with its reason under the request id, for the operator', async () => {
    const { client, redeem } = await codes.aRedemption()
    const requestId = '0198f3c2-7a54-7cc4-9d5c-2f6f0a8e1b7d'
    await redeem({ code_verifier: '' }, codes.replica, { 'x-request-id': requestId })
    expect(codes.log.entries()).toContainEqual(
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
      const text = await (await fetch(`http://127.0.0.1:${codes.replica.ports.management}/metrics`)).text()
      return Number(/^tokens_issued_total\{[^}]*authorization_code[^}]*\} (\d+)$/m.exec(text)?.[1])
    }
    const [{ redeem }, before] = [await codes.aRedemption(), await issued()]
    await redeem()
    await redeem()
    expect(await issued()).toBe(before + 1)
  })
})

it('CHECKLIST 41: leaves no code, verifier or token in the log', async () => {
  const { code, codeVerifier, redeem } = await codes.aRedemption()
  const { body } = await redeem()
  await redeem()
  await codes.replica.postForm(`/oauth/token?code=${code}`, { grant_type: 'authorization_code' })
  const lines = codes.log.lines.join('\n')
  for (const secret of [code, codeVerifier, body.access_token, body.refresh_token, body.id_token]) {
    expect(lines).not.toContain(String(secret).replace(/^lkr_/, ''))
  }
})
