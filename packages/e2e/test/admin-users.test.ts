/** SPEC §2.4: `latchkey admin user`, against users who sign in. */
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { type Called, latchkey } from '../src/latchkey.ts'
import { mailsTo } from '../src/mails.ts'
import { aPerson, createDevice, statusesOf } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'
import { aRow } from '../src/table-row.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const admin = (...words: string[]): Promise<Called> =>
  latchkey(['admin', 'user', ...words], { LATCHKEY_DATA_DIR: suite.dataDir })

const adminJson = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { code, json, err } = await admin(...words, '--output', 'json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return Object(json)
}

describe('latchkey admin user', () => {
  it('creates, lists, shows, updates and deletes, by id and by address', async () => {
    const { email, password, name } = aPerson()
    const file = join(suite.dataDir, `password-${randomUUID()}`)
    await writeFile(file, `${password}\n`)
    const words = ['--email', email, '--name', name, '--password-file', file, '--email-verified']
    const made = await adminJson('create', ...words, '--metadata', '{"plan":"pro"}')
    expect(made).toMatchObject({
      email,
      name,
      metadata: { plan: 'pro' },
      email_verified: true,
      disabled: false,
    })
    const id = String(made.id)
    expect(await createDevice(suite).tryToSignIn({ email, password })).toMatchObject({ status: 200 })

    expect((await admin('list', '--search', email)).out).toMatch(aRow(id, email, name, 'active'))
    expect(await adminJson('show', email)).toMatchObject({ id, last_login_at: expect.any(String) })
    expect(await adminJson('update', id, '--name', 'Grace', '--dry-run')).toEqual({
      id,
      changes: [{ member: 'name', before: name, after: 'Grace' }],
    })
    expect(await adminJson('update', email, '--name', 'Grace')).toMatchObject({ id, name: 'Grace' })

    expect((await admin('delete', email)).code).toBe(2)
    expect((await admin('delete', email, '--dry-run')).out).toContain('would delete')
    expect(await adminJson('delete', email, '--yes')).toEqual({ deleted: id })
    expect((await admin('show', email)).code).toBe(5)
    expect((await admin('show', id)).code).toBe(5)
    expect(await createDevice(suite).tryToSignIn({ email, password })).toMatchObject({ status: 401 })
  })

  it('prints what it would make, without a password, with --dry-run', async () => {
    const { email } = aPerson()
    const words = [
      'create',
      '--email',
      email,
      '--name',
      'Ada',
      '--password-file',
      '/nonexistent',
      '--dry-run',
    ]
    expect(await adminJson(...words)).toEqual({ email, name: 'Ada' })
    expect((await admin('show', email)).code).toBe(5)
  })

  it('locks somebody out of everything at once, and lets them in again', async () => {
    const person = aPerson()
    const device = createDevice(suite)
    const { access_token: bearer, refresh_token } = await device.register(person)
    expect((await admin('disable', person.email, '--dry-run')).out).toContain('would be disabled')
    expect((await device.send('GET', '/auth/me', { bearer })).status).toBe(200)

    expect(await adminJson('disable', person.email)).toMatchObject({ disabled: true })
    const answers = [
      await device.send('GET', '/auth/me', { bearer }),
      await device.tryToRefresh(refresh_token),
      await device.tryToSignIn(person),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403])
    expect((await admin('list', '--state', 'disabled', '--search', person.email)).out).toContain('disabled')

    await adminJson('enable', person.email)
    expect((await device.tryToSignIn(person)).status).toBe(200)
    expect((await device.tryToRefresh(refresh_token)).status).toBe(401)
  })

  it('unlocks what strangers have locked', async () => {
    const person = aPerson()
    await createDevice(suite).register(person)
    const guesses = []
    for (let guess = 0; guess < 6; guess += 1)
      guesses.push(await createDevice(suite).tryToSignIn({ ...person, password: 'Wrong-Guess-1!' }))
    expect(statusesOf(guesses)).toEqual([401, 401, 401, 401, 401, 429])
    expect((await admin('list', '--state', 'locked', '--search', person.email)).out).toContain('locked')
    expect(await adminJson('unlock', person.email)).toMatchObject({ locked_until: null })
    expect((await createDevice(suite).tryToSignIn(person)).status).toBe(200)
  })

  it('verifies an address, and has the reset mail sent', async () => {
    const person = aPerson()
    const { user } = await createDevice(suite).register(person)
    expect(await adminJson('verify', user.id)).toMatchObject({ email_verified: true })
    expect(await adminJson('reset-password', user.id)).toEqual({ id: user.id, done: 'reset-password' })
    await eventually(
      async () => {
        const links = (await mailsTo(suite, person.email)).flatMap(mail => mail.links)
        expect(links).toContainEqual(expect.stringContaining('/reset-password?'))
      },
      { timeoutMs: 20_000, intervalMs: 100 },
    )
  })

  it.each([
    [2, ['create']],
    [2, ['create', '--email', 'a@example.com']],
    [2, ['create', '--email', 'a@example.com', '--name', 'A', '--metadata', '[]']],
    [2, ['update', 'a@example.com']],
    [2, ['list', 'everybody']],
    [2, ['disable']],
    [1, ['create', '--email', 'nonsense', '--name', 'A']],
    [1, ['list', '--state', 'odd']],
    [5, ['disable', 'nobody@example.com']],
    [5, ['unlock', '00000000-0000-4000-8000-000000000000']],
    [5, ['delete', 'nobody@example.com', '--yes']],
  ])('exits with %i: %j', async (code, words) => {
    expect((await admin(...words)).code).toBe(code)
  })
})
