import { describe, expect, it } from '@jest/globals'
import { createDPoP, createMemoryReplayStore, createNonces, type DPoPOptions } from '../../src/index.ts'
import { createIssuer, nowSeconds, someClaims, startedAt } from '../issuer.ts'
import { servers } from '../servers.ts'
import { athOf, createClientKey } from './client-key.ts'

const at = await createIssuer()
const client = await createClientKey()
const thief = await createClientKey()

const origin = 'https://api.example'
const bound = at.aToken({ cnf: { jkt: client.thumbprint } })
const unbound = at.aToken()
const aDPoP = (options: Partial<DPoPOptions> = {}) => createDPoP({ origin, now: () => startedAt, ...options })
const aProofFor = (token: string, claims: Record<string, unknown> = {}, by = client) =>
  by.aProof({ ath: athOf(token), ...claims })

const algs = 'algs="ES256 ES384 ES512 EdDSA Ed25519 PS256 PS384 PS512 RS256 RS384 RS512"'

describe.each(servers)('RFC 9449 §7: bound tokens at a resource server on %s', (_, start) => {
  const withServer = async <Result>(
    options: { dpop?: Partial<DPoPOptions>; dpopOnly?: boolean; scope?: string },
    work: (
      ask: (headers: Record<string, string>, path?: string, method?: string) => Promise<Response>,
    ) => Result,
  ): Promise<Awaited<Result>> => {
    const { dpop, ...others } = options
    const server = await start(at.aVerifier(), { ...others, dpop: aDPoP(dpop) })
    try {
      return await work((headers, path = '/orders', method = 'GET') => server.send(path, { headers, method }))
    } finally {
      await server.close()
    }
  }
  const challengeOf = (answer: Response) => answer.headers.get('www-authenticate')

  it('are let through with a proof', () =>
    withServer({}, async ask => {
      const answer = await ask({ authorization: `DPoP ${bound}`, dpop: await aProofFor(bound) })
      expect(answer.status).toBe(200)
      expect(await answer.text()).toBe(someClaims.sub)
    }))

  it('are let through at every path and method, each with its proof', () =>
    withServer({}, async ask => {
      const proof = await aProofFor(bound, { htm: 'POST', htu: `${origin}/orders/7` })
      expect(
        (await ask({ authorization: `dpop ${bound}`, dpop: proof }, '/orders/7?full=1', 'POST')).status,
      ).toBe(200)
    }))

  it('are refused as bearers: what a thief would send (§7.2)', () =>
    withServer({}, async ask => {
      const answer = await ask({ authorization: `Bearer ${bound}` })
      expect(answer.status).toBe(401)
      expect(challengeOf(answer)).toBe(
        `Bearer error="invalid_token", error_description="Invalid token", DPoP ${algs}`,
      )
      const withProof = await ask({ authorization: `Bearer ${bound}`, dpop: await aProofFor(bound) })
      expect(withProof.status).toBe(401)
    }))

  it('are not what an unbound token is by a proof', () =>
    withServer({}, async ask => {
      const answer = await ask({ authorization: `DPoP ${unbound}`, dpop: await aProofFor(unbound) })
      expect(answer.status).toBe(401)
      expect(challengeOf(answer)).toBe(
        `Bearer realm="api", DPoP error="invalid_token", error_description="Invalid token", ${algs}`,
      )
      expect((await ask({ authorization: `Bearer ${unbound}` })).status).toBe(200)
    }))

  it('are the only ones where told so', () =>
    withServer({ dpopOnly: true }, async ask => {
      const answer = await ask({ authorization: `Bearer ${unbound}` })
      expect(answer.status).toBe(401)
      expect(challengeOf(answer)).toBe(
        `DPoP error="invalid_token", error_description="Invalid token", ${algs}`,
      )
      expect((await ask({ authorization: `DPoP ${bound}`, dpop: await aProofFor(bound) })).status).toBe(200)
    }))

  it('are told of to a request without a token', () =>
    withServer({}, async ask => {
      expect(challengeOf(await ask({}))).toBe(`Bearer realm="api", DPoP ${algs}`)
    }))

  it('are refused without a proof, and with two (§4.3)', () =>
    withServer({}, async ask => {
      const without = await ask({ authorization: `DPoP ${bound}` })
      expect(without.status).toBe(401)
      expect(challengeOf(without)).toBe(
        `Bearer realm="api", DPoP error="invalid_dpop_proof", error_description="Invalid DPoP proof", ${algs}`,
      )
      const dpop = `${await aProofFor(bound)}, ${await aProofFor(bound)}`
      expect((await ask({ authorization: `DPoP ${bound}`, dpop })).status).toBe(401)
    }))

  it.each([
    ['another method', { htm: 'POST' }],
    ['another address', { htu: `${origin}/invoices` }],
    ['the address that Host names', { htu: 'http://127.0.0.1/orders' }],
    ['another token', { ath: athOf('other') }],
    ['no token', { ath: undefined }],
    ['another time', { iat: nowSeconds - 600 }],
  ])('are refused with a proof for %s', (__, claims) =>
    withServer({}, async ask => {
      const answer = await ask({ authorization: `DPoP ${bound}`, dpop: await aProofFor(bound, claims) })
      expect(answer.status).toBe(401)
      expect(challengeOf(answer)).toContain('error="invalid_dpop_proof"')
    }),
  )

  it('are refused with the proof of another key', () =>
    withServer({}, async ask => {
      const dpop = await aProofFor(bound, {}, thief)
      const answer = await ask({ authorization: `DPoP ${bound}`, dpop })
      expect(answer.status).toBe(401)
      expect(challengeOf(answer)).toContain('DPoP error="invalid_token"')
    }))

  it('are let through once for each proof, whatever is sent at a time (§11.1)', () =>
    withServer({}, async ask => {
      const headers = { authorization: `DPoP ${bound}`, dpop: await aProofFor(bound) }
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(headers)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      const refused = answers.filter(({ status }) => status === 401)
      expect(refused).toHaveLength(19)
      expect(challengeOf(await ask(headers))).toContain('error="invalid_dpop_proof"')
    }))

  it('are let through once on replicas that share what they remember', async () => {
    const replays = createMemoryReplayStore({ now: () => startedAt })
    const headers = { authorization: `DPoP ${bound}`, dpop: await aProofFor(bound) }
    const first = await withServer({ dpop: { replays } }, ask => ask(headers))
    const second = await withServer({ dpop: { replays } }, ask => ask(headers))
    expect([first.status, second.status]).toEqual([200, 401])
  })

  it('wait with 503 where replay can not be told', () =>
    withServer({ dpop: { replays: { remember: () => Promise.reject(new Error('away')) } } }, async ask => {
      const answer = await ask({ authorization: `DPoP ${bound}`, dpop: await aProofFor(bound) })
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toBe('5')
    }))

  it('may need a nonce, which the refusal gives (§9)', () => {
    let now = startedAt
    const nonces = createNonces({ secret: new Uint8Array(32), now: () => now })
    return withServer({ dpop: { nonces } }, async ask => {
      const authorization = `DPoP ${bound}`
      const without = await ask({ authorization, dpop: await aProofFor(bound) })
      expect(without.status).toBe(401)
      expect(challengeOf(without)).toContain('DPoP error="use_dpop_nonce"')
      const nonce = without.headers.get('dpop-nonce')
      const good = await ask({ authorization, dpop: await aProofFor(bound, { nonce }) })
      expect(good.status).toBe(200)
      expect(good.headers.has('dpop-nonce')).toBe(false)

      now = new Date(startedAt.getTime() + 120_000)
      const late = await ask({ authorization, dpop: await aProofFor(bound, { nonce }) })
      expect(late.status).toBe(200)
      const next = late.headers.get('dpop-nonce')
      expect(next).not.toBe(nonce)

      now = new Date(startedAt.getTime() + 240_000)
      const old = await ask({ authorization, dpop: await aProofFor(bound, { nonce }) })
      expect(challengeOf(old)).toContain('error="use_dpop_nonce"')
      expect((await ask({ authorization, dpop: await aProofFor(bound, { nonce: next }) })).status).toBe(200)
    })
  })

  it('are refused under their own scheme where they lack a scope', () =>
    withServer({ scope: 'orders:write' }, async ask => {
      const answer = await ask({ authorization: `DPoP ${bound}`, dpop: await aProofFor(bound) })
      expect(answer.status).toBe(403)
      expect(challengeOf(answer)).toContain('DPoP error="insufficient_scope"')
    }))
})

describe('an address behind a proxy', () => {
  it('is what the client knows: the origin, and the path that the proxy takes away', async () => {
    const dpop = aDPoP({ origin: `${origin}/v1/` })
    const request = { method: 'GET', accessToken: bound, thumbprint: client.thumbprint }
    const proofs = [await aProofFor(bound, { htu: `${origin}/v1/orders` })]
    await expect(dpop.check({ ...request, target: '/orders?a=b', proofs })).resolves.toEqual({
      nonce: undefined,
    })
    const absolute = [await aProofFor(bound, { htu: `${origin}/v1/orders` })]
    const target = 'http://internal:3000/orders'
    await expect(dpop.check({ ...request, target, proofs: absolute })).resolves.toBeDefined()
  })

  it.each(['api.example', 'ftp://api.example', ''])('can not be %j', text => {
    expect(() => createDPoP({ origin: text })).toThrow(/URL/)
  })
})

describe('the memory of proofs', () => {
  const later = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000)

  it('forgets a proof when it is too old anyway', () => {
    let now = startedAt
    const store = createMemoryReplayStore({ now: () => now })
    expect(store.remember('a', later(60))).toBe(true)
    now = later(59)
    expect(store.remember('a', later(60))).toBe(false)
    now = later(60)
    expect(store.remember('a', later(120))).toBe(true)
  })

  it('forgets none that is young, however many there are', () => {
    let now = startedAt
    const store = createMemoryReplayStore({ capacity: 2, now: () => now })
    store.remember('long', later(60))
    store.remember('short', later(10))
    expect(() => store.remember('third', later(60))).toThrow('More than 2')
    now = later(10)
    expect(store.remember('third', later(60))).toBe(true)
    expect(store.remember('long', later(60))).toBe(false)
  })
})

describe('nonces', () => {
  const nonces = createNonces({ secret: new Uint8Array(32).fill(7), now: () => startedAt })

  it('are good on every replica with the secret, and on no other', async () => {
    const nonce = await nonces.current()
    const twin = createNonces({ secret: new Uint8Array(32).fill(7), now: () => startedAt })
    const stranger = createNonces({ secret: new Uint8Array(32).fill(8), now: () => startedAt })
    expect(await twin.isGood(nonce)).toBe(true)
    expect(await stranger.isGood(nonce)).toBe(false)
  })

  it('are not good when altered or made up', async () => {
    const [span, mac] = (await nonces.current()).split('.')
    for (const nonce of ['', '.', 'a.b', `${span}.${'A'.repeat(43)}`, `zzzzzz.${mac}`, `${span}.${mac}.`])
      expect(await nonces.isGood(nonce)).toBe(false)
  })

  it('need a secret that can not be guessed', () => {
    expect(() => createNonces({ secret: new Uint8Array(31) })).toThrow(RangeError)
  })
})
