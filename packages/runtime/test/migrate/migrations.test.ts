import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createTestDatabase, startPostgres, type TestDatabase } from '@latchkey/testkit'
import pg from 'pg'
import { createLogger } from '../../src/logger/index.ts'
import {
  createDatabaseChecks,
  findDrift,
  type MigrateInit,
  migrate,
  pendingMigrations,
  provision,
  writeNewMigration,
} from '../../src/migrate/index.ts'
import { createPool } from '../../src/postgres/index.ts'

const datamodel = (extra = '') => `
datasource db {
  provider = "postgresql"
}

enum Kind {
  first
  second
}

model Thing {
  id        String   @id @db.Uuid
  kind      Kind
  email     String   @unique
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamptz(3)
${extra}
  @@map("things")
}
`
const logger = createLogger({ service: 'test', level: 'ERROR' })
const schema = 'latchkey_thing'

let database: TestDatabase
let folder: string
let shadowUrl: string
let url: string
let at: Date

beforeAll(async () => {
  shadowUrl = (await startPostgres()).url
})

beforeEach(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'latchkey-migrate-'))
  await writeFile(join(folder, 'schema.prisma'), datamodel())
  const { services } = await provision({
    adminUrl: database.url,
    services: [{ name: 'thing', password: 'a password' }],
    rolePrefix: database.name,
  })
  url = services.thing?.url ?? ''
  at = new Date('2026-01-01T00:00:00.000Z')
  const [made, directory] = [database, folder]
  closers.push(
    () => dropRole(`${made.name}_thing`),
    () => made.drop(),
    () => rm(directory, { recursive: true }),
  )
})

const closers: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closers.reverse()) await close()
})

const dropRole = async (role: string) => {
  const client = new pg.Client({ connectionString: shadowUrl })
  await client.connect()
  await client.query(`DROP ROLE IF EXISTS ${role}`)
  await client.end()
}

const paths = () => ({
  schemaPath: join(folder, 'schema.prisma'),
  migrationsPath: join(folder, 'migrations'),
})
const init = (): MigrateInit => ({ databaseUrl: url, schema, logger, ...paths() })

const newMigration = (name: string) => {
  at = new Date(at.getTime() + 1_000)
  return writeNewMigration({ ...paths(), shadowUrl, name, at })
}

const handWritten = async (name: string, sql: string) => {
  at = new Date(at.getTime() + 1_000)
  const directory = `${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}_${name}`
  await mkdir(join(folder, 'migrations', directory), { recursive: true })
  await writeFile(join(folder, 'migrations', directory, 'migration.sql'), sql)
  return directory
}

const openPool = () => {
  const pool = createPool({ url, schema, max: 4, applicationName: 'test', logger })
  closers.push(() => pool.end())
  return pool
}

describe('writeNewMigration', () => {
  it('writes what the schema asks for beyond the migrations, and nothing when they agree', async () => {
    expect(await newMigration('start')).toMatch(/20260101000001_start\/migration\.sql$/)
    expect(await newMigration('again')).toBeUndefined()
    await writeFile(join(folder, 'schema.prisma'), datamodel('  note String?'))
    expect(await findDrift({ ...paths(), shadowUrl })).toBe(
      '-- AlterTable\nALTER TABLE "things" ADD COLUMN     "note" TEXT;\n',
    )
    expect(await newMigration('add_note')).toMatch(/add_note/)
    expect(await findDrift({ ...paths(), shadowUrl })).toBeUndefined()
  })

  it('names no schema, so that the same migration serves any', async () => {
    await newMigration('start')
    expect(await migrate(init())).toEqual(['20260101000001_start'])
    const { rows } = await openPool().query(
      "SELECT 'things'::regclass::oid::regclass::text AS name, schemaname FROM pg_tables WHERE tablename = 'things'",
    )
    expect(rows).toEqual([{ name: 'things', schemaname: schema }])
  })

  it('counts partial indexes, checks and functions, which Prisma cannot describe, as agreeing', async () => {
    await newMigration('start')
    await handWritten(
      'by_hand',
      `CREATE INDEX things_second ON things (created_at) WHERE kind = 'second';
       ALTER TABLE things ADD CONSTRAINT lower_case CHECK (email = lower(email));
       CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.created_at = now(); RETURN NEW; END $$;`,
    )
    expect(await findDrift({ ...paths(), shadowUrl })).toBeUndefined()
  })

  it('refuses a name that is not snake case', async () => {
    await expect(newMigration('Add Note')).rejects.toThrow(TypeError)
  })
})

describe('migrate', () => {
  it('applies what is pending, once, when many replicas call it at the same time', async () => {
    await newMigration('start')
    await handWritten('slow', 'SELECT pg_sleep(0.2); CREATE TABLE late (id int);')
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(init())))
    expect(applied.flat().sort()).toEqual(['20260101000001_start', '20260101000002_slow'])
    expect(await migrate(init())).toEqual([])
  })

  it('keeps semicolons inside functions and strings', async () => {
    await newMigration('start')
    await handWritten(
      'function',
      `CREATE FUNCTION answer() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END $$;
       COMMENT ON TABLE things IS 'one; two';`,
    )
    await migrate(init())
    const { rows } = await openPool().query('SELECT answer()')
    expect(rows).toEqual([{ answer: 'a;b' }])
  })

  it('leaves nothing of a migration that fails half way, and tries it again when mended', async () => {
    await newMigration('start')
    const broken = await handWritten('broken', 'CREATE TABLE half (id int); SELECT 1 / 0;')
    await expect(migrate(init())).rejects.toThrow('division by zero')
    const pool = openPool()
    expect((await pool.query("SELECT to_regclass('half') AS half")).rows).toEqual([{ half: null }])
    expect(await pendingMigrations({ pool, ...init() })).toEqual([broken])

    await writeFile(join(folder, 'migrations', broken, 'migration.sql'), 'CREATE TABLE half (id int);')
    expect(await migrate(init())).toEqual([broken])
    expect(await pendingMigrations({ pool, ...init() })).toEqual([])
  })

  it('goes on after a migration whose process was killed', async () => {
    await newMigration('start')
    await migrate(init())
    const killed = await handWritten('killed', 'CREATE TABLE after_all (id int);')
    await openPool().query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (gen_random_uuid()::text, '', $1)`,
      [killed],
    )
    expect(await migrate(init())).toEqual([killed])
  })

  it('leaves alone a schema that is newer than the code', async () => {
    await newMigration('start')
    const newer = await handWritten('newer', 'CREATE TABLE newer (id int);')
    await migrate(init())
    await rm(join(folder, 'migrations', newer), { recursive: true })
    expect(await migrate(init())).toEqual([])
    expect(await pendingMigrations({ pool: openPool(), ...init() })).toEqual([])
  })
})

describe('createDatabaseChecks', () => {
  it('fails until the schema has caught up with the code', async () => {
    await newMigration('start')
    const { migrations: check } = createDatabaseChecks({ pool: openPool(), ...init() })
    await expect(check()).rejects.toThrow('migrations pending: 20260101000001_start')
    await migrate(init())
    await expect(check()).resolves.toBeUndefined()
  })
})
