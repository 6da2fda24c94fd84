import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTokenVerifier } from '@latchkey/sdk'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replicas: Replica[]
let redis: Redis

beforeAll(async () => {
  suite = await startTokenSuite()
  const env = { SIGNING_KEY_ROTATION_DAYS: '1' }
  replicas = await Promise.all([suite.startReplica(env), suite.startReplica(env)])
  redis = new Redis(suite.redis.url)
})
afterAll(async () => {
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

describe('CHECKLIST invariant 7: old tokens verify all through a key rotation', () => {
  it('and new ones verify with keys that were cached before the change', async () => {
    const [first] = replicas
    if (first === undefined) throw new Error('no replica')
    const old = await signedBy(first)

    // The successor is due: one replica publishes it, both show it, nobody signs with it.
    await passSeconds(86_400 - 599)
    await eachShows(2)
    const cached = await jwksOf(first)
    for (const replica of replicas) expect((await signedBy(replica)).kid).toBe(old.kid)

    // Its time comes: both sign with it, and a cache from before knows it.
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
    await eachShows(2)

    // The last token of the old key has expired.
    await passSeconds(900 + 300)
    await eachShows(1)
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
