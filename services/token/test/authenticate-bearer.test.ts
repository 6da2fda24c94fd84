import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock } from '@latchkey/testkit'
import { SignJWT } from 'jose'
import { type AccessTokenInput, accessTokenClaims } from '../src/domain/access-token.ts'
import { grantRevocationKey, tokenRevocationKey } from '../src/domain/revocation.ts'
import { createDpopNonces, dpopNonceKeyOf } from '../src/dpop/nonces.ts'
import { createVerifyDpopProof } from '../src/dpop/verify-dpop-proof.ts'
import { createAccessTokenVerifier } from '../src/keys/access-token-verifier.ts'
import { createKeyMaterial, type KeyMaterial } from '../src/keys/signing-key.ts'
import { createClients } from '../src/store/clients.ts'
import { createRevocations } from '../src/store/revocations.ts'
import { createUsedIds } from '../src/store/used-ids.ts'
import { type BearerRequest, createAuthenticateBearer } from '../src/usecases/authenticate-bearer.ts'
import { createCheckAccessToken } from '../src/usecases/check-access-token.ts'
import { aClient } from './a-client.ts'
import { createDpopClient } from './dpop-client.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

const issuer = 'https://id.example/base'
const path = '/oauth/userinfo'
const url = `${issuer}${path}`
const clock = createClock(new Date())
const nonces = createDpopNonces({ keys: [dpopNonceKeyOf(Buffer.alloc(32, 1))], now: clock.now })
const sessions = new Map<string, 'live' | 'revoked' | 'undecided'>()

let database: TokenDatabase
let keys: KeyMaterial[]
beforeAll(async () => {
  database = await createTokenDatabase()
  await aClient(database, { id: 'app' })
  keys = [await createKeyMaterial('ES256'), await createKeyMaterial('EdDSA')]
})
afterAll(() => database.drop())

const keyring = { getJwks: () => ({ keys: keys.map(key => key.publicJwk) }) }

const aReplica = () => {
  const { pool } = database
  return createAuthenticateBearer({
    issuer,
    checkAccessToken: createCheckAccessToken({
      clients: createClients({ ...database, now: () => new Date() }),
      verifyAccessToken: createAccessTokenVerifier({ keyring, issuer, now: clock.now }),
      revocations: createRevocations({ pool }),
      checkSession: async ({ sessionId }) => sessions.get(sessionId) ?? 'live',
    }),
    verifyDpopProof: createVerifyDpopProof({
      publicUrl: issuer,
      nonces,
      requiresNonce: true,
      usedIds: createUsedIds({ pool }),
      now: clock.now,
    }),
  })
}

const aToken = async (
  input: Partial<AccessTokenInput> = {},
  { header = {}, claims = {} }: { header?: object; claims?: Record<string, unknown> } = {},
  key: KeyMaterial | undefined = keys[0],
) => {
  if (key === undefined) throw new Error('no key')
  const all = accessTokenClaims(
    { subject: createUuid(), clientId: 'app', resources: [], scope: 'openid email', ...input },
    { issuer, ttlSeconds: 900 },
    createUuid(),
    clock.now(),
  )
  const token = await new SignJWT({ ...all, ...claims })
    .setProtectedHeader({ alg: key.algorithm, typ: 'at+jwt', kid: key.kid, ...header })
    .sign(key.privateKey)
  return { token, claims: all }
}

const aRequest = (
  authorization: string | readonly string[] | undefined,
  more: Partial<BearerRequest> = {},
) => ({
  authorization: typeof authorization === 'string' ? [authorization] : authorization,
  proofs: undefined,
  method: 'GET',
  path,
  ...more,
})

const refusalOf = (request: BearerRequest, needed = {}) =>
  aReplica()(request, needed).then(
    () => undefined,
    (error: { error: string; status: number; message: string; headers: Record<string, string> }) => error,
  )

const invalidToken = (scheme: string, words: string) => ({
  error: 'invalid_token',
  status: 401,
  headers: {
    'WWW-Authenticate': expect.stringMatching(
      new RegExp(`^${scheme} error="invalid_token", error_description="${words}"`),
    ),
  },
})

describe('RFC 6750: a bearer', () => {
  it('is accepted with a live token of any of the keys, whatever the case of the scheme', async () => {
    for (const key of keys) {
      const { token, claims } = await aToken({}, {}, key)
      for (const scheme of ['Bearer', 'bearer', 'BEARER'])
        expect(await aReplica()(aRequest(`${scheme} ${token}`))).toMatchObject({ sub: claims.sub })
    }
  })

  it('may come in a form, but not in both places (§2.2)', async () => {
    const { token, claims } = await aToken()
    expect(await aReplica()(aRequest(undefined, { formToken: token }))).toMatchObject({ sub: claims.sub })
    expect(await refusalOf(aRequest(`Bearer ${token}`, { formToken: token }))).toMatchObject({
      error: 'invalid_request',
      status: 400,
    })
    expect(await refusalOf(aRequest([`Bearer ${token}`, `Bearer ${token}`]))).toMatchObject({
      error: 'invalid_request',
      status: 400,
    })
  })

  it('is told how to come where it brings nothing, and of no error (§3.1)', async () => {
    for (const authorization of [undefined, 'Basic YTpi', ''])
      expect(await refusalOf(aRequest(authorization))).toMatchObject({
        status: 401,
        headers: {
          'WWW-Authenticate': expect.stringMatching(/^Bearer realm="latchkey", DPoP algs="ES256 [^"]+"$/),
        },
      })
  })

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer nonsense',
    'Bearer a.b.c',
    'Bearer a b',
    `Bearer ${'a'.repeat(9_000)}`,
  ])('is refused with %.20s', async authorization => {
    expect(await refusalOf(aRequest(authorization))).toMatchObject(invalidToken('Bearer', 'Invalid token'))
  })

  it('is refused with a token for another resource', async () => {
    const { token } = await aToken({ resources: ['https://api.example'] })
    expect(await refusalOf(aRequest(`Bearer ${token}`))).toMatchObject(
      invalidToken('Bearer', 'Invalid token'),
    )
    const both = await aToken({ resources: ['https://api.example', issuer] })
    expect(await refusalOf(aRequest(`Bearer ${both.token}`))).toBeUndefined()
  })

  it('is refused with a token of another kind, issuer or key (CHECKLIST 19, 21)', async () => {
    const stranger = await createKeyMaterial('ES256')
    const tokens = [
      await aToken({}, { header: { typ: 'JWT' } }),
      await aToken({}, { header: { typ: 'logout+jwt' } }),
      await aToken({}, { claims: { iss: 'https://other.example' } }),
      await aToken({}, {}, stranger),
      await aToken({}, {}, { ...stranger, kid: keys[0]?.kid ?? '' }),
      await aToken({}, { header: { kid: keys[1]?.kid } }),
    ]
    for (const { token } of tokens)
      expect(await refusalOf(aRequest(`Bearer ${token}`))).toMatchObject(
        invalidToken('Bearer', 'Invalid token'),
      )
  })

  it('is refused once the token has expired, remembered or not', async () => {
    const { token } = await aToken({ ttlSeconds: 60 })
    const replica = aReplica()
    await replica(aRequest(`Bearer ${token}`))
    clock.advance(61_000)
    const expired = invalidToken('Bearer', 'Token has expired')
    await expect(replica(aRequest(`Bearer ${token}`))).rejects.toMatchObject(expired)
    expect(await refusalOf(aRequest(`Bearer ${token}`))).toMatchObject(expired)
  })

  it('is refused once the key has gone, though the token is remembered', async () => {
    const key = await createKeyMaterial('ES256')
    keys.push(key)
    const replica = aReplica()
    const { token } = await aToken({}, {}, key)
    await replica(aRequest(`Bearer ${token}`))
    keys.pop()
    await expect(replica(aRequest(`Bearer ${token}`))).rejects.toMatchObject({ error: 'invalid_token' })
  })

  it('needs the scope of the resource (§3.1)', async () => {
    const { token } = await aToken({ scope: 'openid admin:clients:readonly' })
    const refusal = await refusalOf(aRequest(`Bearer ${token}`), { scope: 'admin:clients:read' })
    expect(refusal).toMatchObject({
      error: 'insufficient_scope',
      status: 403,
      headers: {
        'WWW-Authenticate': expect.stringMatching(
          /^Bearer error="insufficient_scope", .*scope="admin:clients:read"$/,
        ),
      },
    })
    expect(await refusalOf(aRequest(`Bearer ${token}`), { scope: 'openid' })).toBeUndefined()
  })
})

describe('a token that was revoked', () => {
  it('is refused by its own id and by its grant’s, at once', async () => {
    const revocations = createRevocations(database)
    const replica = aReplica()
    const grantId = createUuid()
    const [one, other] = [await aToken({ grantId }), await aToken({ grantId })]
    const request = (token: { token: string }) => replica(aRequest(`Bearer ${token.token}`))
    await Promise.all([request(one), request(other)])
    await revocations.add(tokenRevocationKey(one.claims.jti), new Date(Date.now() + 60_000))
    await expect(request(one)).rejects.toMatchObject({ error: 'invalid_token' })
    await expect(request(other)).resolves.toBeDefined()
    await revocations.add(grantRevocationKey(grantId), new Date(Date.now() + 60_000))
    await expect(request(other)).rejects.toMatchObject({ error: 'invalid_token' })
  })

  it('is refused where its session has ended, and undecided where nobody can tell', async () => {
    const sessionId = createUuid()
    const { token } = await aToken({ sessionId })
    expect(await refusalOf(aRequest(`Bearer ${token}`))).toBeUndefined()
    sessions.set(sessionId, 'undecided')
    expect(await refusalOf(aRequest(`Bearer ${token}`))).toMatchObject({
      error: 'temporarily_unavailable',
      status: 503,
      headers: { 'Retry-After': '2' },
    })
    sessions.set(sessionId, 'revoked')
    expect(await refusalOf(aRequest(`Bearer ${token}`))).toMatchObject({ error: 'invalid_token' })
  })
})

describe('RFC 9449 §7: a token that is bound to a key', () => {
  const client = createDpopClient()
  const aBoundToken = () => aToken({ dpopJkt: client.jkt })
  const aDpopRequest = async (
    token: string,
    options: { with?: typeof client; accessToken?: string } = {},
  ) => {
    const { accessToken = token } = options
    const by = options.with ?? client
    const proof = await by.aProof({ method: 'GET', url, nonce: nonces.current(), accessToken })
    return aRequest(`DPoP ${token}`, { proofs: [proof] })
  }

  it('is accepted with a proof of the key and for the token', async () => {
    const { token, claims } = await aBoundToken()
    expect(await aReplica()(await aDpopRequest(token))).toMatchObject({ sub: claims.sub })
  })

  it('gets 401 as a plain bearer, with or without a proof (§7.2)', async () => {
    const { token } = await aBoundToken()
    const { proofs } = await aDpopRequest(token)
    for (const request of [aRequest(`Bearer ${token}`), aRequest(`Bearer ${token}`, { proofs })])
      expect(await refusalOf(request)).toMatchObject(
        invalidToken('DPoP', 'The token is bound to a key; send it with the DPoP scheme'),
      )
  })

  it('is refused without a proof, or with one for another token or of another key', async () => {
    const { token } = await aBoundToken()
    expect(await refusalOf(aRequest(`DPoP ${token}`))).toMatchObject({
      error: 'invalid_dpop_proof',
      status: 401,
      headers: { 'WWW-Authenticate': expect.stringMatching(/^DPoP error="invalid_dpop_proof".*algs="/) },
    })
    const { token: another } = await aBoundToken()
    expect(await refusalOf(await aDpopRequest(token, { accessToken: another }))).toMatchObject({
      error: 'invalid_dpop_proof',
      status: 401,
    })
    expect(await refusalOf(await aDpopRequest(token, { with: createDpopClient() }))).toMatchObject(
      invalidToken('DPoP', 'The token is bound to another key'),
    )
  })

  it('brings the nonce with the refusal (§9)', async () => {
    const { token } = await aBoundToken()
    const proof = await client.aProof({ method: 'GET', url, accessToken: token })
    expect(await refusalOf(aRequest(`DPoP ${token}`, { proofs: [proof] }))).toMatchObject({
      error: 'use_dpop_nonce',
      status: 401,
      headers: {
        'DPoP-Nonce': nonces.current(),
        'WWW-Authenticate': expect.stringMatching(/^DPoP error="use_dpop_nonce"/),
      },
    })
  })

  it('is accepted once with each proof, across replicas', async () => {
    const { token } = await aBoundToken()
    const request = await aDpopRequest(token)
    await aReplica()(request)
    expect(await refusalOf(request)).toMatchObject({ error: 'invalid_dpop_proof', status: 401 })
  })

  it('has the DPoP scheme for itself: an unbound token is refused with it', async () => {
    const { token } = await aToken()
    expect(await refusalOf(await aDpopRequest(token))).toMatchObject(
      invalidToken('DPoP', 'The token is not bound to a key'),
    )
  })
})
