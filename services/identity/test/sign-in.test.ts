import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import { hash } from '@node-rs/argon2'
import { goodPassword, type IdentityUnderTest, otherPassword, startIdentity } from './identity-under-test.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

const wrong = 'Wrong-Harbour-42!'
const failTimes = async (email: string, times: number, headers: Record<string, string> = {}) => {
  for (let time = 0; time < times; time += 1) await identity.login(email, wrong, { headers })
}
const unknownAddress = () => `nobody-${createUuid()}@example.com`
/** A problem without what differs from request to request. */
const comparable = ({ status, body, headers }: Awaited<ReturnType<typeof identity.login>>) => ({
  status,
  body: { ...body, request_id: undefined },
  headers: [...headers.keys()].sort(),
})

describe('POST /auth/login', () => {
  it('answers tokens and the user', async () => {
    const { email, id } = await identity.register()
    const answer = await identity.login(email.toUpperCase(), goodPassword)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.body).toMatchObject({
      user: { id, email },
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 604_800,
    })
    expect(identity.neighbours.token.issued.at(-1)).toMatchObject({
      subject: { userId: id, email, name: 'Jo Doe', emailVerified: false, version: 1 },
      authenticationMethods: ['pwd'],
    })
  })

  it('passes remember_me on', async () => {
    const { email } = await identity.register()
    const body = { email, password: goodPassword, remember_me: true }
    await identity.call('POST', '/auth/login', { body })
    expect(identity.neighbours.session.sessions.at(-1)?.rememberMe).toBe(true)
  })

  it('takes a password typed with other code points for the same characters', async () => {
    const { email } = await identity.register({ password: 'Qui\u00e9t-Harbour-42!' })
    expect((await identity.login(email, 'Quie\u0301t-Harbour-42!')).status).toBe(200)
  })

  it.each([
    {},
    { email: 'a@example.com' },
    { email: 'a@example.com', password: '' },
    { email: 'nonsense', password: 'x' },
    { email: ['a@example.com'], password: 'x' },
    { email: 'a@example.com', password: 'x', remember_me: 'yes' },
    { email: 'a@example.com', password: 'x'.repeat(1_025) },
  ])('answers 400 to %j', async body => {
    expect((await identity.call('POST', '/auth/login', { body })).status).toBe(400)
  })

  it('ASVS 6.3.8: answers the same to a wrong password and to an unknown address', async () => {
    const { email } = await identity.register()
    const known = comparable(await identity.login(email, wrong))
    expect(known).toEqual(comparable(await identity.login(unknownAddress(), wrong)))
    expect(known).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CREDENTIALS', detail: 'Invalid email or password' },
    })
  })

  // Counted, not timed: a clock would measure the machine that runs the test.
  it('ASVS 6.3.8: does the same work for an unknown address as for a known one', async () => {
    const { email } = await identity.register()
    const countsOf = async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${identity.ports.management}/metrics`)).text()
      const hashes = /identity_password_hash_seconds_count\{[^}]*kind="verify"[^}]*\} (\d+)/.exec(
        metrics,
      )?.[1]
      const { rows } = await identity.database.pool.query<{ count: string }>(
        'SELECT count(*) FROM login_attempts',
      )
      return { hashes: Number(hashes), attempts: Number(rows[0]?.count) }
    }
    const workOf = async (address: string) => {
      const before = await countsOf()
      expect((await identity.login(address, wrong)).status).toBe(401)
      const after = await countsOf()
      return { hashes: after.hashes - before.hashes, attempts: after.attempts - before.attempts }
    }
    await identity.login(unknownAddress(), wrong)
    expect(await workOf(email)).toEqual({ hashes: 1, attempts: 1 })
    expect(await workOf(unknownAddress())).toEqual({ hashes: 1, attempts: 1 })
  })

  it('tells that an account is disabled only to who knows its password', async () => {
    const { email, id } = await identity.register()
    await identity.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id])
    expect((await identity.login(email, wrong)).body).toMatchObject({ code: 'INVALID_CREDENTIALS' })
    const answer = await identity.login(email, goodPassword)
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({ code: 'ACCOUNT_DISABLED' })
  })

  it('replaces a hash with outdated parameters once the password is right', async () => {
    const { email, id } = await identity.register()
    const weak = await hash(goodPassword, { memoryCost: 8_192, timeCost: 1, parallelism: 1 })
    const update = 'UPDATE password_credentials SET password_hash = $2 WHERE user_id = $1'
    await identity.database.pool.query(update, [id, weak])
    expect((await identity.login(email, wrong)).status).toBe(401)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
    const { rows } = await identity.database.pool.query<{ password_hash: string; version: number }>(
      'SELECT password_hash, version FROM password_credentials WHERE user_id = $1',
      [id],
    )
    expect(rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=12288,t=3,p=1\$/)
    expect(rows[0]?.version).toBe(1)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('signs nobody in whose password changes while they are signed in', async () => {
    const { email, id } = await identity.register()
    identity.neighbours.session.onCreate.push(async () => {
      await identity.database.pool.query(
        'UPDATE password_credentials SET version = version + 1 WHERE user_id = $1',
        [id],
      )
    })
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    expect(identity.neighbours.session.sessions.at(-1)?.endReason).toBe('sign_in_failed')
  })

  it.each([
    ['account_deleted', 'DELETE FROM users WHERE id = $1'],
    ['account_disabled', 'UPDATE users SET disabled_at = now() WHERE id = $1'],
  ])(
    'leaves no session behind where it ends as %s, not even one that several sign-ins share',
    async (reason, statement) => {
      const { email, id } = await identity.register()
      const { session } = identity.neighbours
      session.onCreate.push(async () => {
        await identity.database.pool.query(statement, [id])
        // As the session service leaves one that was renewed, whichever sign-in takes it back.
        const [own] = session.sessions.filter(({ userId }) => userId === id).slice(-1)
        if (own !== undefined) session.sessions.push({ ...own, id: createUuid() })
      })
      expect((await identity.login(email, goodPassword)).status).toBe(401)
      const ends = session.sessions.filter(({ userId }) => userId === id).map(({ endReason }) => endReason)
      expect(ends).toEqual([reason, 'sign_in_failed', reason])
    },
  )
})

describe('ADR 7: sign-ins that a change of the password overtakes', () => {
  it('leave no session behind, not even one that several share, and do not end the one that it was changed in', async () => {
    const { email, id, bearer } = await identity.register()
    const { session } = identity.neighbours
    session.onCreate.push(async () => {
      const body = { current_password: goodPassword, new_password: otherPassword }
      expect((await identity.call('PUT', '/auth/password', { bearer, body })).status).toBe(200)
      // As the session service leaves one that another sign-in of the device has renewed, whichever takes it back.
      const [own] = session.sessions.filter(({ userId }) => userId === id).slice(-1)
      if (own !== undefined) session.sessions.push({ ...own, id: createUuid(), endReason: undefined })
    })
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    const ends = session.sessions.filter(({ userId }) => userId === id).map(({ endReason }) => endReason)
    expect(ends).toEqual([undefined, expect.any(String), 'password_changed'])
    expect((await identity.login(email, otherPassword)).status).toBe(200)
  })
})

describe('lockout', () => {
  it.each([
    ['known', async () => (await identity.register()).email],
    ['unknown', async () => unknownAddress()],
  ])('locks an address that is %s at the fifth failure', async (_kind, anAddress) => {
    const email = await anAddress()
    for (let failure = 1; failure <= 5; failure += 1) {
      expect((await identity.login(email, wrong)).status).toBe(401)
    }
    const answer = await identity.login(email, goodPassword)
    expect(answer.status).toBe(429)
    expect(answer.body).toMatchObject({ code: 'ACCOUNT_LOCKED', detail: 'Account temporarily locked' })
    const retryAfter = Number(answer.headers.get('retry-after'))
    expect(retryAfter).toBeGreaterThan(1_790)
    expect(retryAfter).toBeLessThanOrEqual(1_800)
  })

  it('ends after LOCKOUT_DURATION', async () => {
    const { email } = await identity.register()
    await failTimes(email, 5)
    expect((await identity.login(email, goodPassword)).status).toBe(429)
    clock.advance(1_800_000)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
    clock.advance(-1_800_000)
  })

  it('counts one address, whatever its spelling', async () => {
    const { email } = await identity.register()
    await failTimes(` ${email.toUpperCase()} `, 3)
    await failTimes(email, 2)
    expect((await identity.login(email, goodPassword)).status).toBe(429)
  })

  it('is the same for an address that is known and one that is not, under twenty guesses at once', async () => {
    const { email } = await identity.register()
    for (const address of [email, unknownAddress()]) {
      const guesses = Array.from({ length: 20 }, () => identity.login(address, wrong))
      const statuses = (await Promise.all(guesses)).map(({ status }) => status)
      expect(statuses.filter(status => status === 401)).toHaveLength(5)
      expect(statuses.filter(status => status === 429)).toHaveLength(15)
      expect((await identity.login(address, goodPassword)).status).toBe(429)
    }
  })

  it('lets twenty right sign-ins at once all in', async () => {
    const { email } = await identity.register()
    const logins = Array.from({ length: 20 }, () => identity.login(email, goodPassword))
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('is not escaped by another forwarded address', async () => {
    const { email } = await identity.register()
    for (let guess = 0; guess < 5; guess += 1) {
      const headers = { 'x-forwarded-for': `198.51.100.${guess}`, 'x-real-ip': `198.51.100.${guess}` }
      await identity.login(email, wrong, { headers })
    }
    expect((await identity.login(email, goodPassword)).status).toBe(429)
  })

  it('lets the owner in from a device that they use, whatever strangers do', async () => {
    const { email, cookie } = await identity.register()
    await failTimes(email, 5)
    expect((await identity.login(email, goodPassword)).status).toBe(429)
    expect((await identity.login(email, goodPassword, { headers: { cookie } })).status).toBe(200)
    expect((await identity.login(email, goodPassword)).status).toBe(429)
  })

  it('counts a known device for itself', async () => {
    const { email, cookie } = await identity.register()
    await failTimes(email, 5, { cookie })
    expect((await identity.login(email, goodPassword, { headers: { cookie } })).status).toBe(429)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it("gives nobody a budget for another user's device, or for a made-up one", async () => {
    const [victim, attacker] = [await identity.register(), await identity.register()]
    await failTimes(victim.email, 3, { cookie: attacker.cookie })
    await failTimes(victim.email, 2, { cookie: `latchkey_device=${'A'.repeat(43)}` })
    expect((await identity.login(victim.email, goodPassword)).status).toBe(429)
  })

  it('shows operators the failures in Redis, and forgets them with a right password', async () => {
    const { email } = await identity.register()
    const key = `failed_login:${email}`
    await failTimes(email, 2)
    await eventually(async () => expect(await identity.redis.get(key)).toBe('2'))
    expect(await identity.redis.ttl(key)).toBeGreaterThan(1_700)
    await identity.login(email, goodPassword)
    await eventually(async () => expect(await identity.redis.get(key)).toBeNull())
  })

  it('is decided by Postgres: an empty Redis unlocks nobody', async () => {
    const { email } = await identity.register()
    await failTimes(email, 5)
    await identity.redisServer.flush()
    expect((await identity.login(email, goodPassword)).status).toBe(429)
  })
})
