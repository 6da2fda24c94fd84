import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTestDatabase } from '@latchkey/testkit'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica

beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica()
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

describe('without Postgres', () => {
  it('a refresh is answered 503 with Retry-After, keys and metadata are served, and readiness says why', async () => {
    const { refreshToken } = await suite.signIn(replica)
    await suite.database.stop()
    const refused = await replica.refresh(refreshToken)
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.body).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect((await replica.get('/.well-known/jwks.json')).status).toBe(200)
    expect(await replica.ready()).toMatchObject({
      status: 503,
      body: { checks: { database: { status: 'down' } } },
    })
    await suite.database.start()
    expect((await replica.refresh(refreshToken)).status).toBe(200)
  })
})

describe('without Redis', () => {
  it('a refresh still works: the session service is asked', async () => {
    const { refreshToken } = await suite.signIn(replica)
    await suite.redis.stop()
    const { status } = await replica.refresh(refreshToken)
    await suite.redis.start()
    expect(status).toBe(200)
  })

  it('and without the session service it is answered 503 with Retry-After, and uses nothing up', async () => {
    const { refreshToken } = await suite.signIn(replica)
    await suite.redis.stop()
    suite.sessionService.away = true
    const undecided = await replica.refresh(refreshToken)
    suite.sessionService.away = false
    const later = await replica.refresh(refreshToken)
    await suite.redis.start()
    expect(undecided.status).toBe(503)
    expect(Number(undecided.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(later.status).toBe(200)
    expect(await suite.database.prisma.refreshFamily.count({ where: { endedAt: { not: null } } })).toBe(0)
  })
})

describe('a start before the database is migrated', () => {
  it('is not ready, answers 503, and serves no empty key set', async () => {
    const empty = await createTestDatabase()
    const early = await suite.startReplica({ DATABASE_URL: empty.url })
    expect(await early.ready()).toMatchObject({
      status: 503,
      body: { checks: { signing_keys: { status: 'down' } } },
    })
    expect((await early.get('/.well-known/jwks.json')).status).toBe(503)
    await early.close()
    await empty.drop()
  })
})
