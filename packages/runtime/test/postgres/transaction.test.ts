import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '@latchkey/testkit'
import type pg from 'pg'
import { createLogger } from '../../src/logger/index.ts'
import { createPool, inTransaction, isDatabaseUnavailable } from '../../src/postgres/index.ts'

const logger = createLogger({ service: 'test', destination: { write: () => undefined } })
let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url, schema: 'public', applicationName: 'test', logger, max: 4 })
  await pool.query('CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)')
})

beforeEach(() => pool.query('TRUNCATE counters; INSERT INTO counters VALUES (1, 0)'))

afterAll(async () => {
  await pool.end()
  await database.drop()
})

const value = async (): Promise<unknown> => (await pool.query('SELECT value FROM counters')).rows[0]?.value

const increment = (client: pg.PoolClient) => client.query('UPDATE counters SET value = value + 1')

describe('inTransaction', () => {
  it('commits and gives the result', async () => {
    const result = await inTransaction(pool, async client => (await increment(client)).rowCount)
    expect([result, await value()]).toEqual([1, 1])
  })

  it('leaves nothing of work that throws, and throws what it threw', async () => {
    const work = inTransaction(pool, async client => {
      await increment(client)
      throw new TypeError('no')
    })
    await expect(work).rejects.toThrow(TypeError)
    expect(await value()).toBe(0)
  })

  it('loses no update when many run at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, () =>
        inTransaction(pool, async client => {
          const { rows } = await client.query<{ value: number }>('SELECT value FROM counters FOR UPDATE')
          await client.query('UPDATE counters SET value = $1', [(rows[0]?.value ?? 0) + 1])
        }),
      ),
    )
    expect(await value()).toBe(40)
  })

  it('gives its connection back after a failed statement, clean', async () => {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await expect(inTransaction(pool, client => client.query('SELECT 1 / 0'))).rejects.toThrow(
        'division by zero',
      )
    }
    expect(pool.idleCount).toBe(pool.totalCount)
    await expect(inTransaction(pool, increment)).resolves.toBeDefined()
  })

  it('drops a connection that broke, and leaves nothing of the work', async () => {
    const work = inTransaction(pool, async client => {
      await increment(client)
      await database.disconnectAll()
      await client.query('SELECT 1')
    })
    const failure = await work.catch((error: unknown) => error)
    expect(isDatabaseUnavailable(failure)).toBe(true)
    expect(await value()).toBe(0)
  })
})
