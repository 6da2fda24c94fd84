/**
 * CHECKLIST "Invariants under faults" 7: the signing keys of every algorithm rotate twice under load, and no request fails,
 * no old token is refused, and a replica that starts later signs with the same keys.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import pg from 'pg'
import { type Application, createApplication } from '../../src/application.ts'
import { type Load, type SuiteUnderFaults, startLoad, startSuite } from '../../src/faults/index.ts'

// What services wait between two looks at the key set (packages/sdk), and some.
const cooldownMs = 6_000

let suite: SuiteUnderFaults
let load: Load
let demo: Application
let database: pg.Client
let redis: Redis
beforeAll(async () => {
  suite = await startSuite({ replicas: { token: 2 }, env: { SIGNING_KEY_ROTATION_DAYS: '1' } })
  const info = suite.stack.info()
  demo = await createApplication({ ...info, dataDir: suite.dataDir }, { client: info.demo })
  database = new pg.Client({ connectionString: info.database_url, options: '-c search_path=latchkey_token' })
  await database.connect()
  redis = new Redis(info.redis_url)
  load = startLoad(suite.gateway)
  await load.log.untilCalm(performance.now())
  load.log.clear()
})
afterAll(async () => {
  await load?.stop()
  redis?.disconnect()
  await database?.end()
  await suite?.stop()
})

/** As if so much time had passed for every key; the replicas hear of it as of any change. */
const passSeconds = async (seconds: number): Promise<void> => {
  await database.query(
    `update signing_keys set published_at = published_at - make_interval(secs => $1),
            signs_at = signs_at - make_interval(secs => $1), retires_at = retires_at - make_interval(secs => $1),
            deletes_at = deletes_at - make_interval(secs => $1)`,
    [seconds],
  )
  await redis.publish('keys.changed', '')
}

/** The keys that wait for their turn, once there is one of each algorithm. */
const successors = (): Promise<string[]> =>
  eventually(async () => {
    const { rows } = await database.query<{ kid: string }>(
      'select kid from signing_keys where retires_at is null and signs_at > now()',
    )
    expect(rows).toHaveLength(3)
    return rows.map(({ kid }) => kid)
  })

const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? ''

/** Until every replica shows them: what ten minutes leave time for, and the test does not. */
const untilShown = (kids: readonly string[]): Promise<void> =>
  eventually(async () => {
    const { gateway } = suite
    const asked = Array.from({ length: 8 }, () => fetch(`${gateway}/.well-known/jwks.json`))
    for (const answer of await Promise.all(asked)) {
      const { keys }: { keys: { kid: string }[] } = JSON.parse(await answer.text())
      expect(keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining([...kids]))
    }
  })

/** What several replicas sign with, as seen from outside. */
const kidsInUse = async (): Promise<string[]> => {
  const grants = Array.from({ length: 8 }, () => oidc.clientCredentialsGrant(demo.config))
  return [...new Set((await Promise.all(grants)).map(({ access_token: token }) => kidOf(token)))]
}

describe('two rotations under load', () => {
  it('fail no request, and old tokens verify all through', async () => {
    const { issuer, demo: client } = suite.stack.info()
    const tokens = await demo.signIn(client.user)
    const idToken = tokens.id_token ?? ''
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
      cooldownDuration: 0,
      timeoutDuration: 20_000,
    })
    const seen = new Set(await kidsInUse())
    for (const rotations of [1, 2]) {
      await delay(cooldownMs)
      await passSeconds(86_401 - 600)
      const waiting = await successors()
      await untilShown(waiting)
      expect(waiting).not.toContain((await kidsInUse())[0])
      await passSeconds(600)
      await eventually(async () => expect(waiting).toEqual(expect.arrayContaining(await kidsInUse())))
      for (const kid of await kidsInUse()) seen.add(kid)
      expect(seen.size).toBe(1 + rotations)

      await jwtVerify(tokens.access_token, keys, { issuer, typ: 'at+jwt' })
      await jwtVerify(idToken, keys, { issuer, audience: client.client_id })
      expect((await oidc.tokenIntrospection(demo.config, tokens.access_token)).active).toBe(true)
      const sub = tokens.claims()?.sub ?? ''
      expect(await oidc.fetchUserInfo(demo.config, tokens.access_token, sub)).toMatchObject({ sub })
    }
    const young = await demo.signIn(client.user)
    expect(kidOf(young.id_token ?? '')).not.toBe(kidOf(idToken))
    await delay(500)
    expect(load.log.unexpected()).toEqual([])
    expect(load.ledger.violations).toEqual([])
  })

  it('are known to a replica that starts later', async () => {
    const before = await kidsInUse()
    expect(before).toHaveLength(1)
    await suite.takeAway('token-2', 'SIGTERM')
    await suite.bringBack('token-2')
    expect(await kidsInUse()).toEqual(before)
  })
})
