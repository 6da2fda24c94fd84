import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { anOperator, type Operator } from './an-operator.ts'
import { errorsOf, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
let operator: Operator
beforeAll(async () => {
  identity = await startIdentity()
  operator = anOperator(identity)
})
afterAll(() => identity.close())

const bcryptHash = '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
const anAddress = () => `${createUuid()}@example.com`

const importUsers = (users: readonly unknown[], query = '') =>
  operator('POST', `/users/import${query}`, { users })

const isThere = async (email: string): Promise<boolean> => {
  const { body } = await operator('GET', `/users?email=${encodeURIComponent(email)}`)
  return (body.users as unknown[]).length === 1
}

describe('POST /admin/api/users/import', () => {
  it('makes accounts that open with the password that they had', async () => {
    const [known, without] = [anAddress(), anAddress()]
    const answer = await importUsers([
      {
        email: known,
        name: 'Jo Doe',
        email_verified: true,
        metadata: { plan: 'pro' },
        created_at: '2019-05-04T03:02:01Z',
        password_hash: bcryptHash,
      },
      { email: without, disabled: true },
    ])
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      dry_run: false,
      imported: 2,
      existing: [],
      hashes: { bcrypt: 1, none: 1 },
      errors: [],
    })
    const signedIn = await identity.login(known, 'U*U')
    expect(signedIn.status).toBe(200)
    expect(signedIn.body.user).toMatchObject({
      name: 'Jo Doe',
      email_verified: true,
      metadata: { plan: 'pro' },
      created_at: '2019-05-04T03:02:01.000Z',
    })
    const { body } = await operator('GET', `/users?email=${encodeURIComponent(without)}`)
    expect(body.users).toMatchObject([{ name: without.split('@')[0], disabled: true, has_password: false }])
  })

  it('takes JSON lines', async () => {
    const [one, two] = [anAddress(), anAddress()]
    const bearer = `operator-${createUuid()}`
    identity.neighbours.token.operators.set(bearer, ['admin:users:write'])
    const raw = `${JSON.stringify({ email: one })}\n\n${JSON.stringify({ email: two, name: 'Zoë' })}\n`
    const answer = await identity.call('POST', '/admin/api/users/import', {
      bearer,
      raw,
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect(answer.body).toMatchObject({ imported: 2 })
    const { rows } = await identity.database.pool.query('SELECT name FROM users WHERE email = $1', [two])
    expect(rows).toEqual([{ name: 'Zoë' }])
  })

  it('says of each bad line its number, its member and what is wrong, and makes no account at all', async () => {
    const good = anAddress()
    const users = [
      { email: good, password_hash: bcryptHash },
      { email: 'nobody', password_hash: 'sha1$abc' },
      { email: anAddress(), password_hash: '$2b$31$GRvRO2nrpYTEuPQX6AieaOlZ4.7nMGsXpt.QWMev1zrP86JNspZbO' },
      { email: good.toUpperCase() },
      { email: anAddress(), roles: ['admin'] },
      'jo@example.com',
    ]
    const answer = await importUsers(users)
    expect(answer.status).toBe(400)
    expect(answer.body.code).toBe('VALIDATION_FAILED')
    const lines = (answer.body.errors as { line: number }[]).map(({ line }) => line)
    expect(errorsOf(answer).map((error, index) => `${lines[index]} ${error}`)).toEqual([
      '2 email: email_invalid',
      '2 password_hash: hash_unknown',
      '3 password_hash: hash_too_costly',
      '4 email: email_repeated',
      '5 roles: unknown_member',
      '6 : invalid_type',
    ])
    expect(answer.text).not.toContain('sha1$abc')
    expect(await isThere(good)).toBe(false)
  })

  it('leaves accounts that are there as they are: the same batch again changes nothing', async () => {
    const { email, password } = await identity.register()
    const other = anAddress()
    const users = [
      { email, name: 'Somebody Else', password_hash: bcryptHash },
      { email: other, password_hash: bcryptHash },
    ]
    expect((await importUsers(users)).body).toMatchObject({ imported: 1, existing: [1] })
    expect((await importUsers(users)).body).toMatchObject({ imported: 0, existing: [1, 2] })
    expect((await identity.login(email, password)).status).toBe(200)
    expect((await identity.login(email, 'U*U')).status).toBe(401)
  })

  it('makes each account once where two batches with the same users arrive at once', async () => {
    const users = Array.from({ length: 50 }, () => ({ email: anAddress(), password_hash: bcryptHash }))
    const answers = await Promise.all([importUsers(users), importUsers([...users].reverse())])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers.reduce((sum, { body }) => sum + Number(body.imported), 0)).toBe(50)
  })

  it('with dry_run=true tells all of it and makes nothing', async () => {
    const email = anAddress()
    const answer = await importUsers([{ email, password_hash: bcryptHash }, { email: 'x' }], '?dry_run=true')
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ dry_run: true, imported: 1, hashes: { bcrypt: 1 } })
    expect(answer.body.errors).toMatchObject([{ line: 2, field: 'email', code: 'email_invalid' }])
    expect(await isThere(email)).toBe(false)
  })

  it('takes the scope to change users', async () => {
    const reader = anOperator(identity, ['admin:users:read'])
    expect((await reader('POST', '/users/import', { users: [] })).status).toBe(403)
  })
})
