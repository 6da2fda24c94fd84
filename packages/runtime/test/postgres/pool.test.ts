import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createTcpProxy, createTestDatabase, eventually, type TestDatabase } from '@latchkey/testkit'
import type pg from 'pg'
import { createLogger } from '../../src/logger/index.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { createPool, isDatabaseUnavailable, type PoolInit } from '../../src/postgres/index.ts'

const logger = createLogger({ service: 'test', destination: { write: () => undefined } })
let database: TestDatabase
let pools: pg.Pool[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  const pool = aPool({ schema: 'public' })
  await pool.query(
    'CREATE SCHEMA own; CREATE TABLE own.things (id int); CREATE TABLE public.things (other int)',
  )
})

afterEach(async () => {
  await Promise.all(pools.map(pool => pool.end()))
  pools = []
})

afterAll(() => database.drop())

const aPool = (options: Partial<PoolInit> = {}): pg.Pool => {
  const pool = createPool({
    url: database.url,
    schema: 'own',
    applicationName: 'test',
    logger,
    max: 3,
    ...options,
  })
  pools.push(pool)
  return pool
}

const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was meant to fail')
}

describe('createPool', () => {
  it('takes unqualified names to be of its schema, whatever the URL asks for', async () => {
    const url = new URL(database.url)
    url.searchParams.set('options', '-c search_path=public -c geqo=off')
    const pool = aPool({ url: url.href })
    await expect(pool.query('SELECT id FROM things')).resolves.toMatchObject({ rowCount: 0 })
    expect((await pool.query('SHOW geqo')).rows).toEqual([{ geqo: 'off' }])
  })

  it('takes a schema name with any character in it', async () => {
    const { rows } = await aPool({ schema: '"a b\\c"' }).query('SHOW search_path')
    expect(rows).toEqual([{ search_path: '"a b\\c"' }])
  })

  it('plans a named statement once for each connection, where it is told to', async () => {
    const plansOf = async (pool: pg.Pool) => {
      const select = { name: 'some-things', text: 'SELECT FROM own.things WHERE id = ANY ($1::int[])' }
      for (const id of [1, 2, 3]) await pool.query({ ...select, values: [[id]] })
      const prepared = 'SELECT custom_plans::int AS anew FROM pg_prepared_statements WHERE name = $1'
      return (await pool.query(prepared, [select.name])).rows
    }
    expect(await plansOf(aPool({ max: 1, plansOnce: true }))).toEqual([{ anew: 0 }])
    expect(await plansOf(aPool({ max: 1 }))).toEqual([{ anew: 3 }])
  })

  it('outlives a Postgres that drops all connections: the next query opens another', async () => {
    const pool = aPool()
    await Promise.all(Array.from({ length: 3 }, () => pool.query('SELECT pg_sleep(0.01)')))
    await database.disconnectAll()
    await eventually(() => expect(pool.totalCount).toBe(0))
    await expect(pool.query('SELECT 1')).resolves.toBeDefined()
  })

  it('fails queries as unavailable while Postgres is away, those in flight too, and works when it is back', async () => {
    const pool = aPool()
    const inFlight = failureOf(pool.query('SELECT pg_sleep(20)'))
    await eventually(() => expect(pool.totalCount).toBe(1))
    await database.stop()
    expect(isDatabaseUnavailable(await inFlight)).toBe(true)
    expect(isDatabaseUnavailable(await failureOf(pool.query('SELECT 1')))).toBe(true)
    await database.start()
    await expect(pool.query('SELECT 1')).resolves.toBeDefined()
  })

  it('fails a query that gets no connection in time', async () => {
    const pool = aPool({ max: 1, connectTimeoutMs: 100 })
    // The first has to be opened, for which a busy machine takes longer.
    const held = await eventually(() => pool.connect())
    const failure = await failureOf(pool.query('SELECT 1'))
    held.release()
    expect(isDatabaseUnavailable(failure)).toBe(true)
  })

  it('fails a query of which Postgres makes too much', async () => {
    const failure = await failureOf(aPool({ statementTimeoutMs: 50 }).query('SELECT pg_sleep(5)'))
    expect(isDatabaseUnavailable(failure)).toBe(true)
  })

  it('fails a query whose answer the network swallows, and does not use that connection again', async () => {
    const proxy = await createTcpProxy({ port: Number(new URL(database.url).port) })
    // Long enough for the two queries that are answered, on a busy machine too.
    const pool = aPool({ url: proxy.through(database.url), statementTimeoutMs: 500, max: 1 })
    await pool.query('SELECT 1')
    proxy.stall()
    expect(isDatabaseUnavailable(await failureOf(pool.query('SELECT 1')))).toBe(true)
    proxy.heal()
    await expect(pool.query('SELECT 1')).resolves.toBeDefined()
    await pool.end()
    pools = []
    await proxy.close()
  })

  it('opens its least number of connections ahead', async () => {
    const pool = aPool({ min: 2 })
    await eventually(() => expect(pool.idleCount).toBe(2))
  })

  it('serves many more queries at once than it has connections', async () => {
    const pool = aPool({ max: 3 })
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, number) =>
        pool.query<{ number: number }>('SELECT $1::int AS number', [number]),
      ),
    )
    expect(results.map(({ rows }) => rows[0]?.number)).toEqual(
      Array.from({ length: 200 }, (_, number) => number),
    )
    expect(pool.totalCount).toBeLessThanOrEqual(3)
  })

  it('exports its connections by state', async () => {
    const metrics = createMetrics('test')
    const pool = aPool({ metrics, max: 1 })
    const held = await pool.connect()
    const waiting = pool.query('SELECT 1')
    const { body } = await metrics.render()
    expect(body).toMatch(/database_connections\{state="busy",.*\} 1/)
    expect(body).toMatch(/database_connections\{state="waiting",.*\} 1/)
    held.release()
    await waiting
  })
})
