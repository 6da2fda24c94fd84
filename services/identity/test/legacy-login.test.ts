import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { anOperator } from './an-operator.ts'
import { type Elsewhere, startElsewhere } from './elsewhere.ts'
import { type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
let legacy: Elsewhere
beforeAll(async () => {
  legacy = await startElsewhere(() => ({ status: 401 }))
  identity = await startIdentity({
    env: {
      LEGACY_LOGIN_URL: `${legacy.url}/login`,
      LEGACY_LOGIN_SECRET: 'a-secret-of-the-two',
      LEGACY_LOGIN_TIMEOUT_SECONDS: '1',
      OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8',
    },
  })
})
afterAll(async () => {
  await identity.close()
  await legacy.close()
})

const anAddress = () => `${createUuid()}@example.com`

/** Knows one person; members as given. */
const knows = (email: string, password: string, members: object = {}) =>
  legacy.answer(({ body }) => {
    const asked = JSON.parse(body) as { email: string; password: string }
    return asked.email === email && asked.password === password
      ? { status: 200, body: JSON.stringify({ email, email_verified: true, name: 'Jo Doe', ...members }) }
      : { status: 401 }
  })

beforeEach(() => {
  legacy.answer(() => ({ status: 401 }))
  legacy.asked.length = 0
})

const accountsOf = async (email: string) => {
  const { rows } = await identity.database.pool.query<{ password_hash: string }>(
    'SELECT password_hash FROM users LEFT JOIN password_credentials ON user_id = id WHERE email_key = $1',
    [email],
  )
  return rows
}

describe('LEGACY_LOGIN_URL', () => {
  it('is asked at a first sign-in; from then on the account is ours', async () => {
    const email = anAddress()
    knows(email, 'what it was', { metadata: { plan: 'pro' } })
    const first = await identity.login(email, 'what it was')
    expect(first.status).toBe(200)
    expect(first.body.user).toMatchObject({
      email,
      name: 'Jo Doe',
      email_verified: true,
      metadata: { plan: 'pro' },
    })
    expect(legacy.asked).toMatchObject([
      { method: 'POST', url: '/login', headers: { authorization: 'Bearer a-secret-of-the-two' } },
    ])
    expect((await accountsOf(email))[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=12288/)
    expect((await identity.login(email, 'what it was')).status).toBe(200)
    expect((await identity.login(email, 'something else')).status).toBe(401)
    expect(legacy.asked).toHaveLength(1)
  })

  it('makes one account for two first sign-ins at once, and both are in', async () => {
    const email = anAddress()
    knows(email, 'what it was')
    const answers = await Promise.all([1, 2].map(() => identity.login(email, 'what it was')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await accountsOf(email)).toHaveLength(1)
  })

  it('gets the answer of every unknown address where it knows nobody, and guesses are counted', async () => {
    const email = anAddress()
    const known = await identity.register()
    const [unknownAnswer, knownAnswer] = await Promise.all([
      identity.login(email, 'a guess'),
      identity.login(known.email, 'a guess'),
    ])
    const shown = ({ status, body }: typeof unknownAnswer) => ({ status, ...body, request_id: '' })
    expect(shown(unknownAnswer)).toEqual(shown(knownAnswer))
    const guesses = await Promise.all(Array.from({ length: 20 }, () => identity.login(email, 'a guess')))
    expect(guesses.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(4)
    expect(guesses.at(-1)?.status).toBe(429)
    expect(legacy.asked.length).toBeLessThanOrEqual(5)
    expect(await accountsOf(email)).toEqual([])
  })

  it.each([
    ['fails', () => ({ status: 500 })],
    ['does not answer in time', () => undefined],
    ['speaks of somebody else', () => ({ status: 200, body: '{"email":"eve@example.com"}' })],
  ])(
    'that %s: 503 with Retry-After for who is not known here, and nothing counted',
    async (_what, answering) => {
      const known = await identity.register()
      const email = anAddress()
      legacy.answer(answering)
      const answer = await identity.login(email, 'what it was')
      expect(answer.status).toBe(503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await identity.login(known.email, known.password)).status).toBe(200)
      expect((await identity.login(known.email, 'a guess')).status).toBe(401)
      const { rows } = await identity.database.pool.query(
        'SELECT failures FROM login_attempts WHERE email_key = $1 AND failures > 0',
        [email],
      )
      expect(rows).toEqual([])
    },
  )

  it('gives a first password to an account that was imported without one, by a verified address alone', async () => {
    const operator = anOperator(identity)
    const [verified, unverified] = [anAddress(), anAddress()]
    await operator('POST', '/users/import', { users: [{ email: verified }, { email: unverified }] })
    knows(unverified, 'what it was', { email_verified: false })
    expect((await identity.login(unverified, 'what it was')).status).toBe(401)
    knows(verified, 'what it was')
    expect((await identity.login(verified, 'what it was')).status).toBe(200)
    expect(await accountsOf(verified)).toHaveLength(1)
  })

  it('is not asked about somebody who signs in here in another way', async () => {
    const { id, email } = await identity.register()
    await identity.database.pool.query('DELETE FROM password_credentials WHERE user_id = $1', [id])
    knows(email, 'what it was')
    expect((await identity.login(email, 'what it was')).status).toBe(401)
    expect(legacy.asked).toEqual([])
  })
})
