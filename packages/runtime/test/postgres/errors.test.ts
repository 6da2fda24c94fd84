import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTestDatabase, freePort, type TestDatabase } from '@latchkey/testkit'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { isDatabaseUnavailable, isUniqueViolation } from '../../src/postgres/index.ts'

let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  // The end of a pool does not wait for its connections, which are cut off with the database.
  pool.on('error', () => undefined)
  await pool.query('CREATE TABLE users (id int PRIMARY KEY, email text CONSTRAINT users_email_key UNIQUE)')
  await pool.query("INSERT INTO users VALUES (1, 'ann@example.com')")
})

afterAll(async () => {
  await pool.end()
  await database.drop()
})

const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was meant to fail')
}

const sameEmail = "INSERT INTO users VALUES (2, 'ann@example.com')"

/** The same statement through Prisma's adapter, whose error Prisma puts below `meta` of its own. */
const throughPrisma = async (sql: string, on = pool): Promise<unknown> => {
  const adapter = await new PrismaPg(on).connect()
  const driverAdapterError = await failureOf(adapter.executeRaw({ sql, args: [], argTypes: [] }))
  return Object.assign(new Error('Unique constraint failed'), { code: 'P2002', meta: { driverAdapterError } })
}

describe('isUniqueViolation', () => {
  it.each([
    ['pg', () => failureOf(pool.query(sameEmail))],
    ['Prisma', () => throughPrisma(sameEmail)],
  ])('knows one by the name of its constraint, from %s', async (_, fail) => {
    const error = await fail()
    expect(isUniqueViolation(error)).toBe(true)
    expect(isUniqueViolation(error, 'users_email_key')).toBe(true)
    expect(isUniqueViolation(error, 'users_pkey')).toBe(false)
    expect(isDatabaseUnavailable(error)).toBe(false)
  })

  it('is not any other refusal', async () => {
    const error = await failureOf(pool.query("INSERT INTO users VALUES (NULL, 'bob@example.com')"))
    expect(isUniqueViolation(error)).toBe(false)
    expect(isUniqueViolation(undefined)).toBe(false)
    expect(isUniqueViolation('23505')).toBe(false)
  })
})

describe('isDatabaseUnavailable', () => {
  it('is a server that nothing listens at, through pg and through Prisma', async () => {
    const nowhere = new pg.Pool({
      connectionString: `postgres://user:password@127.0.0.1:${await freePort()}/none`,
    })
    expect(isDatabaseUnavailable(await failureOf(nowhere.query('SELECT 1')))).toBe(true)
    const adapter = await new PrismaPg(nowhere).connect()
    const failure = await failureOf(adapter.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] }))
    expect(isDatabaseUnavailable(failure)).toBe(true)
    await nowhere.end()
  })

  it('is not a mistake in a statement, nor an error that has nothing to do with a database', async () => {
    expect(isDatabaseUnavailable(await failureOf(pool.query('SELECT * FROM nowhere')))).toBe(false)
    expect(isDatabaseUnavailable(new Error('no'))).toBe(false)
    expect(isDatabaseUnavailable(undefined)).toBe(false)
  })

  it('is told of errors that cause each other', () => {
    const error = new Error('a')
    error.cause = error
    expect(isDatabaseUnavailable(error)).toBe(false)
    expect(isDatabaseUnavailable(new Error('b', { cause: { code: 'ECONNRESET' } }))).toBe(true)
  })
})
