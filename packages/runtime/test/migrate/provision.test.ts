import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createTestDatabase, startPostgres, type TestDatabase } from '@latchkey/testkit'
import pg from 'pg'
import { provision } from '../../src/migrate/index.ts'

let database: TestDatabase
let serverUrl: string
let prefix: string
let roles: string[]

beforeEach(async () => {
  serverUrl = (await startPostgres()).url
  database = await createTestDatabase()
  prefix = `test_${randomBytes(6).toString('hex')}`
  roles = [`${prefix}_token`, `${prefix}_session`]
})

afterEach(async () => {
  await database.drop()
  for (const role of roles) await query(serverUrl, `DROP ROLE IF EXISTS ${role}`)
})

const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const services = [
  { name: 'token', password: 'a p@ss/word: ü' },
  { name: 'session', password: 'another' },
]

const provisionAs = (adminUrl: string, passwords = services) =>
  provision({ adminUrl, services: passwords, rolePrefix: prefix })

/** A role of the test's own, as a managed Postgres gives one out. */
const anAdmin = async (attributes: string): Promise<string> => {
  const role = `${prefix}_admin`
  roles.push(role)
  await query(serverUrl, `CREATE ROLE ${role} LOGIN PASSWORD 'admin' ${attributes}`)
  await query(database.url, `GRANT CREATE ON DATABASE ${database.name} TO ${role}`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'admin'
  return url.href
}

const expectApart = async (token: string, session: string) => {
  await query(token, 'CREATE TABLE latchkey_token.secrets (id int)')
  await expect(query(session, 'SELECT * FROM latchkey_token.secrets')).rejects.toThrow('permission denied')
  await expect(query(token, 'CREATE TABLE latchkey_session.mine (id int)')).rejects.toThrow(
    'permission denied',
  )
  await expect(query(token, 'CREATE TABLE public.mine (id int)')).rejects.toThrow('permission denied')
}

describe('provision', () => {
  it('gives each service a role and a schema that no other service can use', async () => {
    const made = await provisionAs(database.url)
    expect(made.roles).toBe('separate')
    expect(made.services.token?.schema).toBe('latchkey_token')
    await expectApart(made.services.token?.url ?? '', made.services.session?.url ?? '')
  })

  it('works again on a second run, keeps the data, and takes new passwords', async () => {
    const first = await provisionAs(database.url)
    await query(first.services.token?.url ?? '', 'CREATE TABLE latchkey_token.kept (id int)')
    const second = await provisionAs(database.url, [{ name: 'token', password: 'new' }])
    expect(await query(second.services.token?.url ?? '', 'SELECT * FROM latchkey_token.kept')).toEqual([])
    await expect(query(first.services.token?.url ?? '', 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    )
  })

  it('works for many launchers at once', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => provisionAs(database.url)))
    expect(new Set(all.map(made => made.services.token?.url)).size).toBe(1)
    expect(await query(all[0]?.services.token?.url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('needs no superuser: CREATEROLE and CREATE on the database will do', async () => {
    const adminUrl = await anAdmin('CREATEROLE')
    const made = await provisionAs(adminUrl)
    expect(made.roles).toBe('separate')
    await expectApart(made.services.token?.url ?? '', made.services.session?.url ?? '')
    expect((await provisionAs(adminUrl)).roles).toBe('separate')
  })

  it('separates by schema alone where roles can not be made', async () => {
    const adminUrl = await anAdmin('')
    const made = await provisionAs(adminUrl)
    expect(made).toEqual({
      roles: 'shared',
      services: {
        token: { schema: 'latchkey_token', url: adminUrl },
        session: { schema: 'latchkey_session', url: adminUrl },
      },
    })
    await query(adminUrl, 'CREATE TABLE latchkey_token.secrets (id int)')
    expect((await provisionAs(adminUrl)).roles).toBe('shared')
  })

  it('says which right is missing where it can do nothing', async () => {
    const adminUrl = await anAdmin('')
    await query(database.url, `REVOKE CREATE ON DATABASE ${database.name} FROM ${prefix}_admin`)
    await expect(provisionAs(adminUrl)).rejects.toThrow(
      `GRANT CREATE ON DATABASE ${database.name} TO ${prefix}_admin`,
    )
  })

  it('hands what one role owned over to the roles of the services', async () => {
    const adminUrl = await anAdmin('')
    await provisionAs(adminUrl)
    await query(
      adminUrl,
      `CREATE TYPE latchkey_token.kind AS ENUM ('a');
       CREATE TABLE latchkey_token.secrets (id serial PRIMARY KEY, kind latchkey_token.kind);
       CREATE FUNCTION latchkey_token.touch() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    )
    const made = await provisionAs(database.url)
    expect(made.roles).toBe('separate')
    const url = made.services.token?.url ?? ''
    await query(
      url,
      `ALTER TABLE latchkey_token.secrets ADD COLUMN more int;
       ALTER TYPE latchkey_token.kind ADD VALUE 'b';
       INSERT INTO latchkey_token.secrets DEFAULT VALUES;
       DROP FUNCTION latchkey_token.touch()`,
    )
  })

  it('sends no password to the server, only what the server keeps of it', async () => {
    await provisionAs(database.url)
    const [stored] = await query(
      serverUrl,
      `SELECT rolpassword FROM pg_authid WHERE rolname = '${prefix}_token'`,
    )
    expect(stored?.rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/)
  })
})
