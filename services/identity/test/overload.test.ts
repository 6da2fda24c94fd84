import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({
    env: {
      ARGON2_CONCURRENCY: '1',
      ARGON2_QUEUE_LIMIT: '4',
      PASSWORD_POLICY: 'nist',
      MAX_LOGIN_ATTEMPTS: '3',
      IDENTITY_CLEANUP_SECONDS: '1',
    },
  })
})
afterAll(() => identity.close())

const password = 'wandering albatross'

describe('a full hashing queue', () => {
  it('sheds sign-ins with 503 and Retry-After, and counts none of them as failed', async () => {
    const { email } = await identity.register({ password })
    const others = Array.from({ length: 40 }, () => identity.login(`u-${createUuid()}@example.com`, password))
    const answers = await Promise.all(others)
    const shed = answers.filter(({ status }) => status === 503)
    expect(shed.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(5)
    for (const { headers, body } of shed) {
      expect(headers.get('retry-after')).toBe('1')
      expect(body).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    }
    const { rows } = await identity.database.pool.query('SELECT DISTINCT undecided FROM login_attempts')
    expect(rows).toEqual([{ undecided: 0 }])
    expect((await identity.login(email, password)).status).toBe(200)
  })

  it('is shown in the metrics', async () => {
    const readMetrics = async () =>
      (await fetch(`http://127.0.0.1:${identity.ports.management}/metrics`)).text()
    const text = await readMetrics()
    expect(text).toMatch(/identity_password_hashes\{[^}]*state="waiting"[^}]*\} 0/)
    expect(text).toMatch(/identity_password_hash_seconds_count\{[^}]*kind="verify"/)
    expect(text).toMatch(/database_connections\{/)
    expect(text).toMatch(/outbox_pending/)
    await eventually(async () =>
      expect(await readMetrics()).toMatch(/cleanup_lag_seconds\{[^}]*table="login_attempts"[^}]*\} 0/),
    )
  })
})

describe('PASSWORD_POLICY=nist', () => {
  it('asks for length and nothing else, and keeps no history', async () => {
    const { bearer } = await identity.register({ password })
    const change = (current_password: string, new_password: string) =>
      identity.call('PUT', '/auth/password', { bearer, body: { current_password, new_password } })
    expect((await change(password, goodPassword)).status).toBe(200)
    expect((await change(goodPassword, password)).status).toBe(200)
    const short = await change(password, 'Tr0ub4dor&3')
    expect(short.body).toMatchObject({ errors: [{ field: 'new_password', code: 'password_too_short' }] })
    const { rows } = await identity.database.pool.query('SELECT 1 FROM password_history')
    expect(rows).toEqual([])
  })

  it("refuses the owner's own name", async () => {
    const body = {
      email: `jo-${createUuid()}@example.com`,
      password: 'jo montgomery smith',
      name: 'Jo Montgomery Smith',
    }
    const answer = await identity.call('POST', '/auth/register', { body })
    expect(answer.body).toMatchObject({ errors: [{ field: 'password', code: 'password_is_personal' }] })
  })
})

describe('MAX_LOGIN_ATTEMPTS=3', () => {
  it('locks at the third failure', async () => {
    const { email } = await identity.register({ password })
    for (let failure = 0; failure < 3; failure += 1) {
      expect((await identity.login(email, 'something else entirely')).status).toBe(401)
    }
    expect((await identity.login(email, password)).status).toBe(429)
  })
})
