import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { firstPartyGrant, type Grant } from '../src/domain/grant.ts'
import type { ClientId, GrantId, SessionId, UserId } from '../src/domain/ids.ts'
import type { RotationInput } from '../src/domain/refresh-family.ts'
import { createExpiredTokens } from '../src/store/expired-tokens.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createRotateRefreshTokens } from '../src/store/rotate-refresh-tokens.ts'
import { createSessionEnds } from '../src/store/session-ends.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

const policy = { ttlSeconds: 604_800, graceSeconds: 30 }

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterAll(() => database.drop())

const families = (overrides: Partial<typeof policy> = {}) =>
  createRefreshFamilies({ ...database, policy: { ...policy, ...overrides } })

const secondReplica = (overrides: Partial<typeof policy> = {}) => {
  const pool = database.openPool()
  return { pool, families: createRefreshFamilies({ ...database, pool, policy: { ...policy, ...overrides } }) }
}

const aGrant = (endsInSeconds = 2_592_000): Grant =>
  firstPartyGrant({
    id: createUuid<GrantId>(),
    subject: createUuid<UserId>(),
    sessionId: createUuid<SessionId>(),
    authenticatedAt: new Date(),
    authenticationMethods: ['pwd'],
    endsAt: new Date(Date.now() + endsInSeconds * 1000),
  })

const aUseOf = (tokenHash: Buffer): RotationInput => ({
  tokenHash,
  successorHash: randomBytes(32),
  nonce: randomBytes(16),
  messageId: createUuid(),
})

const endSession = ({ sessionId }: Grant, reason: string) =>
  createSessionEnds(database).conclude({ sessionId, reason, endedAt: new Date() })

const aFamily = async (endsInSeconds?: number) => {
  const grant = aGrant(endsInSeconds)
  const { id } = grant
  const tokenHash = randomBytes(32)
  const expiresInSeconds = await families().begin({ grant, rotates: true, tokenHash })
  /** As if the family had stood still for so long. */
  const age = (seconds: number) =>
    database.pool.query(
      `update refresh_families set expires_at = expires_at - make_interval(secs => $2),
              rotated_at = rotated_at - make_interval(secs => $2) where id = $1`,
      [id, seconds],
    )
  const read = () => database.prisma.refreshFamily.findUniqueOrThrow({ where: { id } })
  const messages = () => database.prisma.outbox.findMany({ where: { key: grant.sessionId } })
  return { id, grant, tokenHash, expiresInSeconds, age, read, messages }
}

describe('a refresh token', () => {
  it('lives for its time from each use', async () => {
    const family = await aFamily()
    expect(family.expiresInSeconds).toBe(604_800)
    await family.age(1000)
    const rotation = await families().rotate(aUseOf(family.tokenHash))
    expect(rotation).toEqual({ outcome: 'rotated', refreshExpiresInSeconds: 604_800 })
  })

  it('never lives past the end of its session', async () => {
    const family = await aFamily(100)
    expect(family.expiresInSeconds).toBeLessThanOrEqual(100)
    const rotation = await families().rotate(aUseOf(family.tokenHash))
    if (rotation.outcome !== 'rotated') throw new Error(rotation.outcome)
    expect(rotation.refreshExpiresInSeconds).toBeLessThanOrEqual(100)
  })

  it('is refused once it has expired, and its family is left alone', async () => {
    const family = await aFamily()
    await family.age(604_801)
    expect(await families().rotate(aUseOf(family.tokenHash))).toEqual({ outcome: 'expired' })
    expect(await family.read()).toMatchObject({ endedAt: null })
  })

  it('is unknown where it was never issued', async () => {
    expect(await families().rotate(aUseOf(randomBytes(32)))).toEqual({ outcome: 'unknown' })
    expect(await families().find(randomBytes(32))).toBeUndefined()
  })

  it('gives back what was granted', async () => {
    const { grant, tokenHash } = await aFamily()
    expect(await families().find(tokenHash)).toEqual({ grant, rotates: true })
  })

  it('is refused once its session has ended', async () => {
    const family = await aFamily()
    await endSession(family.grant, 'logout')
    await endSession(family.grant, 'expired')
    expect(await family.read()).toMatchObject({ endReason: 'logout' })
    expect(await families().rotate(aUseOf(family.tokenHash))).toEqual({ outcome: 'ended' })
  })
})

describe('many families that begin at once', () => {
  it('each stand for their own grant', async () => {
    const grants = Array.from({ length: 100 }, (_, n) => ({
      ...aGrant(),
      clientId: `client-${n}` as ClientId,
      resources: n % 2 === 0 ? [] : [`https://${n}.example/`, 'urn:example:{"quoted\\"}'],
      claims: { id_token: { email: null, acr: { essential: true, values: [`${n}`] } } },
      acr: 'urn:latchkey:acr:sfa',
      dpopJkt: `key-${n}`,
      isOffline: n % 3 === 0,
    }))
    const begun = await Promise.all(
      grants.map(async (grant, n) => {
        const tokenHash = randomBytes(32)
        const ttlSeconds = n % 2 === 0 ? undefined : n
        const lives = await families().begin({ grant, rotates: n % 5 === 0, ttlSeconds, tokenHash })
        return { tokenHash, lives }
      }),
    )
    expect(begun.map(({ lives }) => lives)).toEqual(grants.map((_, n) => (n % 2 === 0 ? 604_800 : n)))
    const found = await Promise.all(begun.map(({ tokenHash }) => families().find(tokenHash)))
    expect(found).toEqual(grants.map((grant, n) => ({ grant, rotates: n % 5 === 0 })))
  })
})

describe('CHECKLIST 18: grace and reuse', () => {
  it('gives the same successor within the grace, however often', async () => {
    const family = await aFamily()
    const use = aUseOf(family.tokenHash)
    await families().rotate(use)
    for (let n = 0; n < 3; n += 1) {
      const retry = await families().rotate(aUseOf(family.tokenHash))
      expect(retry).toMatchObject({ outcome: 'grace', nonce: use.nonce, successorHash: use.successorHash })
    }
  })

  it('ends the family after the grace, and tells the session service, in the same statement', async () => {
    const family = await aFamily()
    await families().rotate(aUseOf(family.tokenHash))
    await family.age(31)
    const use = aUseOf(family.tokenHash)
    expect(await families().rotate(use)).toEqual({ outcome: 'reused', grantId: family.id })
    expect(await family.read()).toMatchObject({
      endReason: 'refresh_token_reused',
      endedAt: expect.any(Date),
    })
    expect(await family.messages()).toMatchObject([
      {
        id: use.messageId,
        kind: 'session.end',
        payload: { session_id: family.grant.sessionId, reason: 'refresh_token_reused' },
      },
    ])
    expect(await families().rotate(aUseOf(family.tokenHash))).toEqual({ outcome: 'ended' })
    expect(await family.messages()).toHaveLength(1)
  })

  it('gives no grace once the successor was used: somebody has two tokens', async () => {
    const family = await aFamily()
    const first = aUseOf(family.tokenHash)
    await families().rotate(first)
    await families().rotate(aUseOf(first.successorHash))
    expect(await families().rotate(aUseOf(family.tokenHash))).toMatchObject({ outcome: 'reused' })
  })

  it('gives no grace where it is turned off', async () => {
    const family = await aFamily()
    const strict = families({ graceSeconds: 0 })
    await strict.rotate(aUseOf(family.tokenHash))
    expect(await strict.rotate(aUseOf(family.tokenHash))).toMatchObject({ outcome: 'reused' })
  })
})

describe('CHECKLIST invariant 2: a refresh token has at most one success', () => {
  it('under twenty parallel uses over two replicas: one rotates, the others get its successor', async () => {
    const family = await aFamily()
    const other = secondReplica()
    const uses = Array.from({ length: 20 }, () => aUseOf(family.tokenHash))
    const replicas = [families(), other.families]
    const rotations = await Promise.all(
      uses.map((use, index) => (replicas[index % 2] ?? other.families).rotate(use)),
    )
    await other.pool.end()
    expect(rotations.filter(rotation => rotation.outcome === 'rotated')).toHaveLength(1)
    const winner = uses[rotations.findIndex(rotation => rotation.outcome === 'rotated')]
    for (const rotation of rotations) {
      if (rotation.outcome === 'rotated') continue
      expect(rotation).toMatchObject({
        outcome: 'grace',
        successorHash: winner?.successorHash,
        nonce: winner?.nonce,
      })
    }
    expect(await family.read()).toMatchObject({ currentHash: new Uint8Array(winner?.successorHash ?? []) })
  })

  it('under statements that wait for each other, without the batch', async () => {
    const family = await aFamily()
    const rotate = createRotateRefreshTokens(database.pool, policy)
    const rotations = await Promise.all(
      Array.from({ length: 20 }, async () => (await rotate([aUseOf(family.tokenHash)]))[0]),
    )
    const outcomes = rotations.map(rotation => rotation?.outcome).sort()
    expect(outcomes).toEqual([...Array.from({ length: 19 }, () => 'grace'), 'rotated'])
  })

  it('without a grace: one succeeds, the family ends, and the session service is told once', async () => {
    const family = await aFamily()
    const other = secondReplica({ graceSeconds: 0 })
    const replicas = [families({ graceSeconds: 0 }), other.families]
    const rotations = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (replicas[n % 2] ?? other.families).rotate(aUseOf(family.tokenHash)),
      ),
    )
    await other.pool.end()
    const count = (outcome: string) => rotations.filter(rotation => rotation.outcome === outcome).length
    expect([count('rotated'), count('reused'), count('ended')]).toEqual([1, 1, 18])
    expect(await family.messages()).toHaveLength(1)
  })

  it('and a chain that runs in a hundred families at once never loses a link', async () => {
    const other = secondReplica()
    const replicas = [families(), other.families]
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const family = await aFamily()
        let tokenHash: Buffer = family.tokenHash
        for (let step = 0; step < 5; step += 1) {
          const use = aUseOf(tokenHash)
          expect(await (replicas[(n + step) % 2] ?? other.families).rotate(use)).toMatchObject({
            outcome: 'rotated',
          })
          tokenHash = use.successorHash
        }
      }),
    )
    await other.pool.end()
  })
})

describe('one batch', () => {
  const rotate = (inputs: readonly RotationInput[]) =>
    createRotateRefreshTokens(database.pool, policy)(inputs)

  it('judges each token by itself', async () => {
    const [good, ended] = [await aFamily(), await aFamily()]
    await endSession(ended.grant, 'logout')
    const inputs = [good.tokenHash, randomBytes(32), ended.tokenHash].map(aUseOf)
    expect((await rotate(inputs)).map(rotation => rotation.outcome)).toEqual(['rotated', 'unknown', 'ended'])
  })

  it('ends a family for good where one of its tokens was used before', async () => {
    const family = await aFamily()
    const first = aUseOf(family.tokenHash)
    await rotate([first])
    const second = aUseOf(first.successorHash)
    await rotate([second])
    const outcomes = await rotate([
      aUseOf(second.successorHash),
      aUseOf(family.tokenHash),
      aUseOf(first.successorHash),
    ])
    expect(outcomes.map(rotation => rotation.outcome)).toEqual(['ended', 'reused', 'ended'])
    expect(await family.read()).toMatchObject({ endReason: 'refresh_token_reused' })
    expect(await family.messages()).toHaveLength(1)
  })
})

describe('what is at rest', () => {
  it('is hashes and a nonce: no raw token and nothing that gives one', async () => {
    const family = await aFamily()
    await families().rotate(aUseOf(family.tokenHash))
    const columns = Object.entries(await family.read())
      .filter(([, value]) => value instanceof Uint8Array)
      .map(([name]) => name)
    expect(columns.sort()).toEqual(['currentHash', 'previousHash', 'previousNonce'])
  })
})

describe('cleanup', () => {
  it('removes what expired a day ago in batches, with the families that died with it, and shows the lag', async () => {
    const expired = createExpiredTokens(database)
    const [dead, live] = [await aFamily(), await aFamily()]
    await families().rotate(aUseOf(live.tokenHash))
    const hashes = [dead.tokenHash, live.tokenHash]
    await database.pool.query(
      `update refresh_tokens set expires_at = now() - interval '1 day 100 seconds' where token_hash = any($1)`,
      [hashes],
    )
    const dueAt = await expired.findOldestDueAt()
    expect(Date.now() - (dueAt?.getTime() ?? 0)).toBeGreaterThanOrEqual(100_000)
    expect(await expired.remove(1)).toBe(1)
    expect(await expired.remove(10)).toBe(1)
    expect(await expired.remove(10)).toBe(0)
    const nextDueAt = await expired.findOldestDueAt()
    expect(nextDueAt?.getTime()).toBeGreaterThan(Date.now())
    expect(await database.prisma.refreshFamily.findUnique({ where: { id: dead.id } })).toBeNull()
    expect(await live.read()).toMatchObject({ endedAt: null })
  })
})
