/** DPoP at the token endpoint, over two replicas. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { decodeJwt } from 'jose'
import { aClient, type ClientInit } from './a-client.ts'
import { adminSecret, adminSettings } from './an-operator.ts'
import { createDpopClient } from './dpop-client.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let other: Replica

beforeAll(async () => {
  suite = await startTokenSuite()
  ;[replica, other] = await Promise.all([suite.startReplica(), suite.startReplica()])
})
afterAll(async () => {
  await Promise.all([replica.close(), other.close()])
  await suite.close()
})

const url = `${issuer}/oauth/token`

const aMachine = async (metadata: ClientInit['metadata'] = {}) => {
  const client = await aClient(suite.database, {
    type: 'confidential',
    metadata: {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'api:read',
      ...metadata,
    },
  })
  const { jkt, aProof } = createDpopClient()
  const ask = (proof?: string, at = replica) =>
    at.postForm(
      '/oauth/token',
      { grant_type: 'client_credentials', client_id: client.id, client_secret: client.rawSecret },
      proof === undefined ? {} : { dpop: proof },
    )
  /** The nonce, as any client gets it: by being refused. */
  const getNonce = async () => (await ask(await aProof({ url }))).headers.get('dpop-nonce') ?? ''
  return { jkt, aProof, ask, getNonce }
}

describe('RFC 9449 §5: the token endpoint', () => {
  it('asks for a nonce, then binds the token to the key of the proof (§8)', async () => {
    const { jkt, aProof, ask } = await aMachine()
    const refused = await ask(await aProof({ url }))
    expect([refused.status, refused.body.error]).toEqual([400, 'use_dpop_nonce'])
    expect(refused.headers.get('cache-control')).toBe('no-store')
    const nonce = refused.headers.get('dpop-nonce') ?? ''
    const answer = await ask(await aProof({ url, nonce }), other)
    expect(answer.body).toMatchObject({ token_type: 'DPoP' })
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({ cnf: { jkt } })
    // §8.2: the next one comes with the answer.
    expect(answer.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/)
  })

  it('gives a plain bearer without a proof, and no nonce', async () => {
    const { ask } = await aMachine()
    const answer = await ask()
    expect(answer.body).toMatchObject({ token_type: 'Bearer' })
    expect(decodeJwt(String(answer.body.access_token))).not.toHaveProperty('cnf')
    expect(answer.headers.get('dpop-nonce')).toBeNull()
  })

  it('gives none without a proof to a client with dpop_bound_access_tokens (§5.2)', async () => {
    const { aProof, ask, getNonce } = await aMachine({ dpop_bound_access_tokens: true })
    const { status, body } = await ask()
    expect([status, body.error]).toEqual([400, 'invalid_request'])
    expect((await ask(await aProof({ url, nonce: await getNonce() }))).status).toBe(200)
  })

  it('refuses a proof for another address or method', async () => {
    const { aProof, ask, getNonce } = await aMachine()
    const nonce = await getNonce()
    for (const wrong of [
      { url: `${issuer}/oauth/userinfo` },
      { url: 'https://127.0.0.1/oauth/token' },
      { url, method: 'GET' },
    ]) {
      const { status, body } = await ask(await aProof({ ...wrong, nonce }))
      expect([status, body.error]).toEqual([400, 'invalid_dpop_proof'])
    }
  })

  it('refuses what is no proof, whatever it is', async () => {
    const { ask } = await aMachine()
    for (const text of ['', 'nonsense', 'a.b.c', 'a.b.c, a.b.c', 'x'.repeat(5_000)]) {
      const { status, body } = await ask(text)
      expect([status, body.error]).toEqual([400, 'invalid_dpop_proof'])
    }
  })

  it('looks at no proof of a client that did not authenticate', async () => {
    const { aProof } = createDpopClient()
    const { body } = await replica.postForm(
      '/oauth/token',
      { grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'x' },
      { dpop: await aProof({ url }) },
    )
    expect(body.error).toBe('invalid_client')
  })

  it('needs no nonce where DPOP_REQUIRE_NONCE is off', async () => {
    const relaxed = await suite.startReplica({ DPOP_REQUIRE_NONCE: 'false' })
    const { aProof, ask } = await aMachine()
    const { status } = await ask(await aProof({ url }), relaxed)
    await relaxed.close()
    expect(status).toBe(200)
  })
})

it('CHECKLIST 24: of twenty parallel uses of one proof on two replicas one succeeds, and none later', async () => {
  const { aProof, ask, getNonce } = await aMachine()
  const proof = await aProof({ url, nonce: await getNonce() })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => ask(proof, n % 2 === 0 ? replica : other)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(new Set(answers.map(({ body }) => body.error))).toEqual(new Set([undefined, 'invalid_dpop_proof']))
  expect((await ask(proof)).body.error).toBe('invalid_dpop_proof')
})

it('CHECKLIST 24: a proof that was used stays used when Redis is emptied and a replica begins anew', async () => {
  const { aProof, ask, getNonce } = await aMachine()
  const proof = await aProof({ url, nonce: await getNonce() })
  expect((await ask(proof)).status).toBe(200)
  const redis = new Redis(suite.redis.url)
  await redis.flushall()
  redis.disconnect()
  const begun = await suite.startReplica()
  const again = await ask(proof, begun)
  await begun.close()
  expect(again.body.error).toBe('invalid_dpop_proof')
})

describe('RFC 9449 §7: the admin API', () => {
  it('takes a bound token with a proof for its very address, and gives the next nonce', async () => {
    const strict = await suite.startReplica(adminSettings)
    const { aProof } = createDpopClient()
    const secret = { authorization: `Basic ${Buffer.from(`admin:${adminSecret}`).toString('base64')}` }
    const ask = (dpop: string) =>
      strict.postForm(
        '/oauth/token',
        { grant_type: 'client_credentials', scope: 'admin:scopes:read' },
        { ...secret, dpop },
      )
    const nonce = (await ask(await aProof({ url }))).headers.get('dpop-nonce') ?? ''
    const accessToken = String((await ask(await aProof({ url, nonce }))).body.access_token)

    const read = async (path: string, provedPath = path) => {
      const proof = { method: 'GET', url: `${issuer}${provedPath}`, nonce, accessToken }
      const dpop = await aProof(proof)
      return strict.get(path, { authorization: `DPoP ${accessToken}`, dpop })
    }
    const answer = await read('/admin/api/scopes/openid')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/)
    const other = await read('/admin/api/scopes/openid', '/admin/api/scopes/email')
    expect([other.status, other.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^DPoP error="invalid_dpop_proof"/),
    ])
    const stolen = await strict.get('/admin/api/scopes', { authorization: `Bearer ${accessToken}` })
    expect([stolen.status, stolen.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^DPoP error="invalid_token"/),
    ])
    await strict.close()
  })
})

it('RFC 9449 §5.1: the metadata names the algorithms of proofs', async () => {
  const metadata = await (await replica.get('/.well-known/oauth-authorization-server')).json()
  expect(metadata).toMatchObject({
    dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'PS256', 'EdDSA', 'RS256']),
  })
})
