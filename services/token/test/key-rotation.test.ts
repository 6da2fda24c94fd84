import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createTokenVerifier } from '@latchkey/sdk'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replicas: Replica[]
let redis: Redis

beforeEach(async () => {
  suite = await startTokenSuite()
  const env = { SIGNING_KEY_ROTATION_DAYS: '1' }
  replicas = await Promise.all([suite.startReplica(env), suite.startReplica(env)])
  redis = new Redis(suite.redis.url)
})
afterEach(async () => {
  redis.disconnect()
  await Promise.all(replicas.map(replica => replica.close()))
  await suite.close()
})

/** As if so much time had passed for every key; the replicas hear of it as of any change. */
const passSeconds = async (seconds: number) => {
  await suite.database.pool.query(
    `update signing_keys set published_at = published_at - make_interval(secs => $1),
            signs_at = signs_at - make_interval(secs => $1), retires_at = retires_at - make_interval(secs => $1),
            deletes_at = deletes_at - make_interval(secs => $1)`,
    [seconds],
  )
  await redis.publish('keys.changed', '')
}

/** As if the newest key of each algorithm had signed for almost a day: its successor is due, and signs in 600 seconds. */
const passUntilDue = async () => {
  const { rows } = await suite.database.pool.query<{ seconds: number }>(
    `select extract(epoch from max(signs_at) - now())::float8 + 86401 - 600 as seconds from signing_keys`,
  )
  await passSeconds(rows[0]?.seconds ?? 0)
}

const jwksOf = async (replica: Replica) =>
  (await (await replica.get('/.well-known/jwks.json')).json()) as JSONWebKeySet

const eachShows = (count: number) =>
  eventually(async () => {
    for (const replica of replicas) expect((await jwksOf(replica)).keys).toHaveLength(count)
  })

const signedBy = async (replica: Replica) => {
  const { accessToken } = await suite.signIn(replica)
  return { accessToken, kid: decodeProtectedHeader(accessToken).kid }
}

const algorithms = ['EdDSA', 'RS256', 'ES256']

describe('CHECKLIST invariant 7: old tokens verify all through a key rotation', () => {
  it('and new ones verify with keys that were cached before the change', async () => {
    const [first] = replicas
    if (first === undefined) throw new Error('no replica')
    const old = await signedBy(first)

    // The successors are due: one replica publishes them, both show them, nobody signs with them.
    await passUntilDue()
    await eachShows(2 * algorithms.length)
    const cached = await jwksOf(first)
    for (const replica of replicas) expect((await signedBy(replica)).kid).toBe(old.kid)

    // Their time comes: both sign with them, and a cache from before knows them.
    await passSeconds(600)
    const verifier = createTokenVerifier({ issuer, jwks: async () => cached })
    await eventually(async () => {
      for (const replica of replicas) {
        const young = await signedBy(replica)
        expect(young.kid).not.toBe(old.kid)
        await expect(verifier.verify(young.accessToken)).resolves.toBeDefined()
      }
    })
    await expect(verifier.verify(old.accessToken)).resolves.toBeDefined()
    await eachShows(2 * algorithms.length)

    // The last token that a client’s own setting can have made of the old ones has expired.
    await passSeconds(86_400 + 240)
    for (const replica of replicas) await signedBy(replica)
    expect((await jwksOf(first)).keys.map(key => key.kid)).toContain(old.kid)
  })

  it('twice under load on two replicas: no request and no verification fails', async () => {
    // What resource servers have: copies that are never fetched because of a token, only when their time has come.
    const caches = new Map<Replica, JSONWebKeySet>()
    const refreshCaches = async () => {
      for (const replica of replicas) caches.set(replica, await jwksOf(replica))
    }
    const kids = new Set<string | undefined>()
    let running = true
    const load = async (replica: Replica) => {
      const tokens: string[] = []
      while (running) {
        const { accessToken, kid } = await signedBy(replica)
        kids.add(kid)
        tokens.push(accessToken)
        for (const [reader, cached] of caches)
          for (const token of reader === replica ? [accessToken, tokens[0] ?? ''] : [accessToken])
            await jwtVerify(token, createLocalJWKSet(cached), { issuer, typ: 'at+jwt' })
      }
      return tokens.length
    }

    await refreshCaches()
    const loads = Promise.all(replicas.map(load))
    await Promise.race([loads, eventually(() => expect(kids.size).toBe(1))])
    for (const rotations of [1, 2]) {
      await passUntilDue()
      await eventually(async () => {
        const waiting = await suite.database.prisma.signingKey.findMany({
          where: { retiresAt: null, signsAt: { gt: new Date() } },
        })
        expect(waiting.map(key => key.algorithm).sort()).toEqual(algorithms.toSorted())
        for (const replica of replicas) {
          const published = (await jwksOf(replica)).keys.map(key => key.kid)
          expect(published).toEqual(expect.arrayContaining(waiting.map(key => key.kid)))
        }
      })
      await refreshCaches()
      await passSeconds(600)
      await Promise.race([loads, eventually(() => expect(kids.size).toBe(1 + rotations))])
    }
    running = false
    for (const count of await loads) expect(count).toBeGreaterThan(2)
  })
})

describe('a replica that starts later', () => {
  it('signs with the same key', async () => {
    const late = await suite.startReplica()
    const kids = await Promise.all([...replicas, late].map(async replica => (await signedBy(replica)).kid))
    await late.close()
    expect(new Set(kids).size).toBe(1)
  })
})
