import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '@latchkey/testkit'
import pg from 'pg'
import { commands } from './commands/index.ts'
import { runCli } from './run-cli.ts'

const names = ['IDENTITY', 'TOKEN', 'SESSION', 'NOTIFICATION']

describe('latchkey provision and migrate', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  const latchkey = async (words: readonly string[], env: Record<string, string>) => {
    let out = ''
    const code = await runCli({
      commands,
      words: [...words, '--output', 'json'],
      env,
      out: text => {
        out += text
      },
      err: () => undefined,
    })
    return { code, value: out === '' ? undefined : JSON.parse(out) }
  }

  it('makes schemas, tells what is pending, applies it once, and then has nothing to do', async () => {
    // The schemas by hand here, since roles belong to the whole server that other tests share.
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    for (const name of names) await client.query(`CREATE SCHEMA latchkey_${name.toLowerCase()}`)
    await client.end()
    const env = { DATABASE_URL: database.url }

    expect(await latchkey(['migrate', '--check'], env)).toMatchObject({ code: 1 })
    const applied = await latchkey(['migrate'], env)
    expect(applied.code).toBe(0)
    expect(applied.value.applied).toHaveLength(names.length)
    for (const { migrations } of applied.value.applied) expect(migrations.length).toBeGreaterThan(0)

    const again = await latchkey(['migrate'], env)
    expect(again.value.applied.flatMap(({ migrations }: { migrations: string[] }) => migrations)).toEqual([])
    expect(await latchkey(['migrate', '--check', 'token'], env)).toMatchObject({ code: 0 })
  })

  it('wants a password of each role before it touches anything', async () => {
    expect(await latchkey(['provision'], { DATABASE_ADMIN_URL: database.url })).toMatchObject({ code: 1 })
  })
})
