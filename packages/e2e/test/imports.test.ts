/** SPEC §2.4: `latchkey import`, and people who sign in with the password that they had elsewhere. */
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { type Called, latchkey } from '../src/latchkey.ts'
import { createDevice } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const importFile = async (name: string, text: string, ...words: string[]): Promise<Called> => {
  const file = join(suite.dataDir, `${randomUUID()}-${name}`)
  await writeFile(file, text)
  return latchkey(['import', file, ...words, '--output', 'json'], { LATCHKEY_DATA_DIR: suite.dataDir })
}

const anAddress = () => `${randomUUID()}@example.com`
const signIn = async (email: string, password: string) =>
  (await createDevice(suite).tryToSignIn({ email, password })).status

describe('latchkey import', () => {
  it('brings people with their passwords, and changes nothing when it is called again', async () => {
    const [bcrypt, pbkdf2, none] = [anAddress(), anAddress(), anAddress()]
    const lines = [
      { email: bcrypt, password_hash: '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' },
      { email: pbkdf2, password_hash: 'pbkdf2_sha1$4096$salt$SwB5AbdlSJq+rUnZJvch0GWkKcE=' },
      { email: none },
    ]
    const text = lines.map(line => JSON.stringify(line)).join('\n')
    const dry = await importFile('users.jsonl', text, '--dry-run')
    expect(dry).toMatchObject({ code: 0, json: { dry_run: true, imported: 3, hashes: { none: 1 } } })
    expect(await signIn(bcrypt, 'U*U')).toBe(401)

    const first = await importFile('users.jsonl', text)
    expect(first).toMatchObject({
      code: 0,
      json: { users: 3, imported: 3, existing: 0, invalid: [], hashes: { bcrypt: 1, pbkdf2: 1, none: 1 } },
    })
    expect(await signIn(bcrypt, 'U*U')).toBe(200)
    expect(await signIn(bcrypt, 'U*U')).toBe(200)
    expect(await signIn(pbkdf2, 'password')).toBe(200)
    expect(await signIn(none, 'password')).toBe(401)

    const again = await importFile('users.jsonl', text)
    expect(again).toMatchObject({ code: 0, json: { imported: 0, existing: 3 } })
    expect(await signIn(bcrypt, 'U*U')).toBe(200)
  })

  it('names each bad line and keeps all of the file out, unless the good ones are asked for', async () => {
    const good = anAddress()
    const text = `email,password_hash,disabled\nnobody,,\n${good},$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW,no\n${anAddress()},md5:abc,maybe\n`
    expect((await importFile('users.csv', text, '--dry-run')).json).toMatchObject({ imported: 0 })
    const goodAlone = await importFile('users.csv', text, '--dry-run', '--skip-invalid')
    expect(goodAlone.json).toMatchObject({ imported: 1 })
    const refused = await importFile('users.csv', text)
    expect(refused.code).toBe(1)
    expect(refused.json).toMatchObject({
      imported: 0,
      invalid: [
        { line: 2, field: 'email', code: 'email_invalid' },
        { line: 4, field: 'disabled' },
        { line: 4, field: 'password_hash', code: 'hash_unknown' },
      ],
    })
    expect(await signIn(good, 'U*U')).toBe(401)
    expect(await importFile('users.csv', text, '--skip-invalid')).toMatchObject({
      code: 1,
      json: { imported: 1 },
    })
    expect(await signIn(good, 'U*U')).toBe(200)
  })

  it('ends with 2 for words that make no sense, and with 1 for a file that is not there', async () => {
    const env = { LATCHKEY_DATA_DIR: suite.dataDir }
    expect((await latchkey(['import'], env)).code).toBe(2)
    expect((await importFile('x', '{}', '--format', 'ldap')).code).toBe(2)
    expect((await latchkey(['import', '/nowhere'], env)).code).toBe(1)
  })
})
