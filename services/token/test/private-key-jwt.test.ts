/** Clients that authenticate with keys of their own, registered or served by a real web server, over two replicas. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createKeptLog } from '@latchkey/service-testkit'
import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type JWK, SignJWT } from 'jose'
import { aClient, type ClientInit } from './a-client.ts'
import { startKeyServer } from './key-server.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let other: Replica
const log = createKeptLog()

beforeAll(async () => {
  suite = await startTokenSuite()
  const env = { OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8' }
  ;[replica, other] = await Promise.all([
    suite.startReplica(env, log.loggerOf('token')),
    suite.startReplica(env),
  ])
})
afterAll(async () => {
  await Promise.all([replica.close(), other.close()])
  await suite.close()
})

type Metadata = NonNullable<ClientInit['metadata']>

interface Signer {
  readonly publicJwk: JWK
  readonly privateKey: CryptoKey
}

const aSigner = async (kid: string | undefined = randomUUID(), alg = 'ES256'): Promise<Signer> => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }, privateKey }
}

const anAssertion = (
  clientId: string,
  { publicJwk, privateKey }: Signer,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
) =>
  new SignJWT({ iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: publicJwk.alg ?? 'ES256', kid: publicJwk.kid ?? '', ...header })
    .setIssuedAt()
    .setExpirationTime(claims.exp === undefined ? '60s' : Number(claims.exp))
    .sign(privateKey)

const aMachine = (keys: Pick<Metadata, 'jwks' | 'jwks_uri' | 'token_endpoint_auth_signing_alg'>) =>
  aClient(suite.database, {
    type: 'confidential',
    metadata: {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      scope: 'api:read',
      ...keys,
    },
  })

// Each request has an address, and with it a budget for failures, of its own.
let nextAddress = 1
const anAddress = () => {
  nextAddress += 1
  return { 'x-forwarded-for': `198.51.100.${nextAddress}` }
}
const ask = (assertion: string, parameters: Record<string, string> = {}, at = replica, from = anAddress()) =>
  at.postForm(
    '/oauth/token',
    {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...parameters,
    },
    from,
  )

const failed = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'Client authentication failed' },
}

describe('private_key_jwt (CHECKLIST 16)', () => {
  it.each(['ES256', 'PS256', 'RS256', 'EdDSA'])('authenticates with %s', async alg => {
    const signer = await aSigner('k', alg)
    const { id } = await aMachine({ jwks: { keys: [{ ...signer.publicJwk }] } })
    expect(await ask(await anAssertion(id, signer))).toMatchObject({ status: 200 })
    expect(await ask(await anAssertion(id, signer), { client_id: id })).toMatchObject({ status: 200 })
  })

  it('is signed with the algorithm that the client has registered, and no other (Registration §2)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('PS256', { extractable: true })
    // Nothing in the key says what it is for.
    const key = { ...(await exportJWK(publicKey)), kid: 'k' }
    const ps256: Signer = { publicJwk: { ...key, alg: 'PS256' }, privateKey }
    const rs256: Signer = {
      publicJwk: { ...key, alg: 'RS256' },
      privateKey: await importPKCS8(await exportPKCS8(privateKey), 'RS256'),
    }
    const { id } = await aMachine({ jwks: { keys: [key] }, token_endpoint_auth_signing_alg: 'PS256' })
    expect(await ask(await anAssertion(id, ps256))).toMatchObject({ status: 200 })
    expect(await ask(await anAssertion(id, rs256))).toMatchObject(failed)
    const open = await aMachine({ jwks: { keys: [key] } })
    expect(await ask(await anAssertion(open.id, rs256))).toMatchObject({ status: 200 })
  })

  it('tries every key that fits where the assertion names none', async () => {
    const signers = [await aSigner(), await aSigner(), await aSigner()]
    const { id } = await aMachine({ jwks: { keys: signers.map(({ publicJwk }) => ({ ...publicJwk })) } })
    for (const signer of signers)
      expect(await ask(await anAssertion(id, signer, {}, { kid: undefined }))).toMatchObject({ status: 200 })
    const stranger = await aSigner()
    expect(await ask(await anAssertion(id, stranger, {}, { kid: undefined }))).toMatchObject(failed)
  })

  it('is refused in one sentence for whatever is wrong, and the log has the reason', async () => {
    const signer = await aSigner()
    const { id } = await aMachine({ jwks: { keys: [{ ...signer.publicJwk }] } })
    const wrong = [
      await anAssertion(id, await aSigner(signer.publicJwk.kid)),
      await anAssertion(id, signer, { aud: `${issuer}/oauth/token` }),
      await anAssertion(id, signer, { aud: [issuer] }),
      await anAssertion(id, signer, { exp: Math.floor(Date.now() / 1_000) - 120 }),
      await anAssertion(id, signer, { exp: Math.floor(Date.now() / 1_000) + 3_600 }),
      await anAssertion(id, signer, { jti: undefined }),
      await anAssertion(id, signer, { iss: 'other' }),
      await anAssertion(id, signer, {}, { typ: 'oauth-authz-req+jwt' }),
      'nonsense',
    ]
    for (const assertion of wrong) expect(await ask(assertion)).toMatchObject(failed)
    expect(log.lines.join('\n')).toContain('aud must be the issuer')
  })

  it('is refused for a client of another method, and with another client’s key', async () => {
    const signer = await aSigner()
    const { id } = await aMachine({ jwks: { keys: [{ ...signer.publicJwk }] } })
    const { id: victim } = await aMachine({ jwks: { keys: [{ ...(await aSigner()).publicJwk }] } })
    expect(await ask(await anAssertion(victim, signer))).toMatchObject(failed)
    const byName = await ask(await anAssertion(id, signer), { client_id: victim })
    expect(byName).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const secretive = await aClient(suite.database, {
      type: 'confidential',
      metadata: { grant_types: ['client_credentials'], jwks: { keys: [{ ...signer.publicJwk }] } },
    })
    expect(await ask(await anAssertion(secretive.id, signer))).toMatchObject(failed)
  })

  it('is refused beside another method, and with another assertion type (draft OAuth 2.1 §2.4)', async () => {
    const signer = await aSigner()
    const { id } = await aMachine({ jwks: { keys: [{ ...signer.publicJwk }] } })
    const badRequest = { status: 400, body: { error: 'invalid_request' } }
    const both = await ask(await anAssertion(id, signer), { client_id: id, client_secret: 'x' })
    expect(both).toMatchObject(badRequest)
    const saml = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }
    expect(await ask(await anAssertion(id, signer), saml)).toMatchObject(badRequest)
    expect(await ask('', { client_id: id })).toMatchObject(badRequest)
  })

  it('works once: of twenty parallel uses on two replicas one succeeds, and none later', async () => {
    const signer = await aSigner()
    const { id } = await aMachine({ jwks: { keys: [{ ...signer.publicJwk }] } })
    const assertion = await anAssertion(id, signer)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ask(assertion, {}, n % 2 === 0 ? replica : other)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await ask(assertion)).toMatchObject(failed)
  })

  it('is no guess where it comes again, as when a network repeats it, but only where the signature is right', async () => {
    const signer = await aSigner()
    const { id } = await aMachine({ jwks: { keys: [{ ...signer.publicJwk }] } })
    const [used, forged] = [await anAssertion(id, signer), await anAssertion(id, await aSigner('forged'))]
    const from = { 'x-forwarded-for': '203.0.113.7' }
    expect(await ask(used, {}, replica, from)).toMatchObject({ status: 200 })
    for (let n = 0; n < 25; n += 1) expect(await ask(used, {}, replica, from)).toMatchObject(failed)
    expect(await ask(await anAssertion(id, signer), {}, replica, from)).toMatchObject({ status: 200 })
    for (let n = 0; n < 20; n += 1) expect(await ask(forged, {}, replica, from)).toMatchObject(failed)
    expect(await ask(await anAssertion(id, signer), {}, replica, from)).toMatchObject({ status: 429 })
  })

  it('keeps the jtis of clients apart', async () => {
    for (const signer of [await aSigner(), await aSigner()]) {
      const { id } = await aMachine({ jwks: { keys: [{ ...signer.publicJwk }] } })
      expect(await ask(await anAssertion(id, signer, { jti: 'popular' }))).toMatchObject({ status: 200 })
    }
  })
})

describe('keys at a jwks_uri', () => {
  it('are fetched once for many requests, and by each replica for itself', async () => {
    const server = await startKeyServer()
    const [first, second] = [await aSigner(), await aSigner()]
    server.keys = [first.publicJwk]
    const { id } = await aMachine({ jwks_uri: server.uri })
    const several = await Promise.all([1, 2, 3, 4].map(async () => ask(await anAssertion(id, first))))
    expect(several.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(server.fetches).toBe(1)
    // Strangers’ keys make us ask once in a while, not each time.
    server.keys = [second.publicJwk]
    for (let n = 0; n < 3; n += 1)
      expect(await ask(await anAssertion(id, await aSigner()))).toMatchObject(failed)
    expect(server.fetches).toBe(1)
    // A replica that asked longer ago, or never, learns of it with the first use.
    expect(await ask(await anAssertion(id, second), {}, other)).toMatchObject({ status: 200 })
    expect(await ask(await anAssertion(id, first), {}, other)).toMatchObject(failed)
    await server.stop()
  })

  it('are used on while their server is away, and asked for again when it is back', async () => {
    const server = await startKeyServer()
    const signer = await aSigner()
    server.keys = [signer.publicJwk]
    const { id } = await aMachine({ jwks_uri: server.uri })
    expect(await ask(await anAssertion(id, signer))).toMatchObject({ status: 200 })
    await server.stop()
    expect(await ask(await anAssertion(id, signer))).toMatchObject({ status: 200 })
    const unknown = await ask(await anAssertion(id, signer), {}, other)
    expect(unknown).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } })
    expect(unknown.headers.get('retry-after')).toBe('10')
  })

  it.each([
    ['an error', { status: 500 }],
    ['a page', { type: 'text/html' }],
  ])('are not there where the server answers with %s', async (_what, answer) => {
    const server = await startKeyServer()
    const signer = await aSigner()
    Object.assign(server, { keys: [signer.publicJwk] }, answer)
    const { id } = await aMachine({ jwks_uri: server.uri })
    expect(await ask(await anAssertion(id, signer))).toMatchObject({ status: 503 })
    await server.stop()
  })

  it('are never fetched from a private address, unless the operator allows it (CHECKLIST 30)', async () => {
    const server = await startKeyServer()
    const signer = await aSigner()
    server.keys = [signer.publicJwk]
    const strict = await suite.startReplica()
    const { id } = await aMachine({ jwks_uri: server.uri })
    expect(await ask(await anAssertion(id, signer), {}, strict)).toMatchObject({ status: 503 })
    expect(server.fetches).toBe(0)
    await strict.close()
    await server.stop()
  })
})

it('RFC 8414 §2: the metadata names the method and its algorithms', async () => {
  const metadata = await (await replica.get('/.well-known/oauth-authorization-server')).json()
  expect(metadata).toMatchObject({
    token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
    token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['ES256', 'PS256', 'EdDSA']),
  })
})
