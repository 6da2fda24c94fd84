import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { IdUse } from '../src/domain/used-id.ts'
import { createExpiredRows } from '../src/store/expired-rows.ts'
import { createUsedIds } from '../src/store/used-ids.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterAll(() => database.drop())

const aUse = (overrides: Partial<IdUse> = {}): IdUse => ({
  kind: 'dpop',
  owner: 'key-1',
  id: createUuid(),
  expiresAt: new Date(Date.now() + 300_000),
  ...overrides,
})

/** Two replicas of `size` connections each. */
const twoReplicas = async <Result>(
  run: (
    replicas: readonly [ReturnType<typeof createUsedIds>, ReturnType<typeof createUsedIds>],
  ) => Promise<Result>,
) => {
  const pools = [database.openPool(), database.openPool()] as const
  try {
    return await run([createUsedIds({ pool: pools[0] }), createUsedIds({ pool: pools[1] })])
  } finally {
    await Promise.all(pools.map(pool => pool.end()))
  }
}

describe('an id', () => {
  it('is used once', async () => {
    const ids = createUsedIds(database)
    const use = aUse()
    expect(await ids.use(use)).toBe(true)
    expect(await ids.use(use)).toBe(false)
    expect(await ids.use({ ...use, expiresAt: new Date(0) })).toBe(false)
  })

  it('is another for another owner and another kind (CVE-2026-4282)', async () => {
    const ids = createUsedIds(database)
    const use = aUse()
    expect(await ids.use(use)).toBe(true)
    expect(await ids.use({ ...use, owner: 'key-2' })).toBe(true)
    expect(await ids.use({ ...use, kind: 'client_assertion' })).toBe(true)
    expect(await ids.use({ ...use, kind: 'request_object' })).toBe(true)
  })

  it('is not confused by where owner and id meet', async () => {
    const ids = createUsedIds(database)
    expect(await ids.use(aUse({ owner: 'a', id: 'bc' }))).toBe(true)
    expect(await ids.use(aUse({ owner: 'ab', id: 'c' }))).toBe(true)
    expect(await ids.use(aUse({ owner: 'a","b', id: 'c' }))).toBe(true)
    expect(await ids.use(aUse({ owner: 'a', id: 'b","c' }))).toBe(true)
  })
})

describe('CHECKLIST 24: parallel uses across replicas', () => {
  it('lets one of twenty win', async () => {
    await twoReplicas(async replicas => {
      for (let round = 0; round < 10; round += 1) {
        const use = aUse()
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, n) => (replicas[n % 2] ?? replicas[0]).use(use)),
        )
        expect(outcomes.filter(isFirst => isFirst)).toHaveLength(1)
      }
    })
  })

  it('never waits in a circle where batches share ids in different orders', async () => {
    await twoReplicas(async ([one, other]) => {
      for (let round = 0; round < 20; round += 1) {
        const uses = Array.from({ length: 100 }, () => aUse())
        const outcomes = await Promise.all([
          ...uses.map(use => one.use(use)),
          ...uses.toReversed().map(use => other.use(use)),
        ])
        expect(outcomes.filter(isFirst => isFirst)).toHaveLength(100)
      }
    })
  })
})

describe('cleanup', () => {
  it('removes ids a day after they expired, in batches, and shows the lag', async () => {
    await database.pool.query('delete from used_ids')
    const ids = createUsedIds(database)
    const expired = createExpiredRows({ pool: database.pool, table: 'used_ids' })
    expect(await expired.findOldestDueAt()).toBeUndefined()
    const old = new Date(Date.now() - 90_000_000)
    await Promise.all([1, 2, 3].map(() => ids.use(aUse({ expiresAt: old }))))
    const kept = aUse({ expiresAt: new Date() })
    await ids.use(kept)
    expect((await expired.findOldestDueAt())?.getTime()).toBe(old.getTime() + 86_400_000)
    expect(await expired.remove(2)).toBe(2)
    expect(await expired.remove(2)).toBe(1)
    expect(await expired.remove(2)).toBe(0)
    expect(await ids.use(kept)).toBe(false)
  })
})
