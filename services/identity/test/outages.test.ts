import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import {
  type Answer,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())
afterEach(() => {
  for (const name of ['session', 'token', 'notification'] as const) identity.neighbours[name].set('up')
})

const unavailable = (answer: Answer) => {
  expect(answer.status).toBe(503)
  expect(answer.body).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
}
const wrong = 'Wrong-Harbour-42!'
const change = (bearer: string, current_password: string, new_password: string) =>
  identity.call('PUT', '/auth/password', { bearer, body: { current_password, new_password } })
const anEmail = () => `out-${createUuid()}@example.com`
const register = (email: string) =>
  identity.call('POST', '/auth/register', { body: { email, password: goodPassword, name: 'Jo' } })

describe('while Redis is down', () => {
  beforeAll(() => identity.redisServer.kill())
  afterAll(() => identity.redisServer.start())

  it('registration, sign-in, lockout, reset requests and changes go on', async () => {
    const { email, bearer } = await identity.register()
    for (let failure = 0; failure < 4; failure += 1) await identity.login(email, wrong)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
    expect((await identity.call('POST', '/auth/password/reset', { body: { email } })).status).toBe(200)
    expect((await change(bearer, goodPassword, otherPassword)).status).toBe(200)
    for (let failure = 0; failure < 5; failure += 1) await identity.login(email, wrong)
    expect((await identity.login(email, otherPassword)).status).toBe(429)
  })

  it('the service stays ready, degraded', async () => {
    await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${identity.ports.management}/readyz?verbose`)
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({
        status: 'degraded',
        checks: { redis: { status: 'down' }, database: { status: 'up' }, migrations: { status: 'up' } },
      })
    })
  })
})

describe('while Postgres is down', () => {
  it('everything answers 503 with Retry-After, and works again by itself', async () => {
    const { email, bearer } = await identity.register()
    await identity.database.stop()
    try {
      unavailable(await register(anEmail()))
      unavailable(await identity.login(email, goodPassword))
      unavailable(await identity.call('GET', '/auth/me', { bearer }))
      unavailable(await change(bearer, goodPassword, otherPassword))
      unavailable(await identity.call('POST', '/auth/password/reset', { body: { email } }))
      const live = await fetch(`http://127.0.0.1:${identity.ports.management}/livez`)
      expect(live.status).toBe(200)
    } finally {
      await identity.database.start()
    }
    await eventually(async () => expect((await identity.login(email, goodPassword)).status).toBe(200))
  })
})

describe.each(['away', 'hanging'] as const)('while a neighbour is %s', mode => {
  it('session: sign-in and registration answer 503 within the deadline, and nothing is left behind', async () => {
    const { email, bearer } = await identity.register()
    identity.neighbours.session.set(mode)
    const startedAt = performance.now()
    unavailable(await identity.login(email, goodPassword))
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    const other = anEmail()
    unavailable(await register(other))
    expect((await identity.call('GET', '/auth/me', { bearer })).status).toBe(200)
    identity.neighbours.session.set('up')
    expect((await register(other)).status).toBe(201)
  })

  it('session: a right password is not a failed attempt', async () => {
    const { email } = await identity.register()
    identity.neighbours.session.set('away')
    for (let attempt = 0; attempt < 6; attempt += 1) unavailable(await identity.login(email, goodPassword))
    identity.neighbours.session.set('up')
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('token: sign-in answers 503 and takes its session back', async () => {
    const { email } = await identity.register()
    const { sessions } = identity.neighbours.session
    const before = sessions.length
    identity.neighbours.token.set(mode)
    unavailable(await identity.login(email, goodPassword))
    const other = anEmail()
    unavailable(await register(other))
    expect(sessions.slice(before).map(({ endReason }) => endReason)).toEqual([
      'sign_in_failed',
      'sign_in_failed',
    ])
    identity.neighbours.token.set('up')
    expect((await register(other)).status).toBe(201)
  })

  it('session: a password change is acknowledged after a second, and ends the sessions as soon as it can', async () => {
    const { email, id, bearer } = await identity.register()
    await identity.login(email, goodPassword)
    identity.neighbours.session.set(mode)
    const startedAt = performance.now()
    expect((await change(bearer, goodPassword, otherPassword)).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    identity.neighbours.session.set('up')
    await eventually(
      () => {
        const ended = identity.neighbours.session.sessions.filter(
          ({ userId, endReason }) => userId === id && endReason === 'password_changed',
        )
        expect(ended).toHaveLength(1)
      },
      { timeoutMs: 20_000 },
    )
  })

  it('notification: a reset is accepted, and its mail goes out as soon as it can', async () => {
    const { email } = await identity.register()
    identity.neighbours.notification.set(mode)
    expect((await identity.call('POST', '/auth/password/reset', { body: { email } })).status).toBe(200)
    identity.neighbours.notification.set('up')
    await eventually(
      () =>
        expect(identity.neighbours.notification.messages).toContainEqual(
          expect.objectContaining({ recipient: email, template: 'password_reset' }),
        ),
      { timeoutMs: 20_000 },
    )
  })
})

describe('callers', () => {
  it('other than the gateway are not let in', async () => {
    await expect(fetch(`https://127.0.0.1:${identity.ports.http}/auth/me`)).rejects.toThrow()
  })
})
