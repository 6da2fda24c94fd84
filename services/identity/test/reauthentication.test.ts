import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock } from '@latchkey/testkit'
import type { SessionId, UserId } from '../src/domain/ids.ts'
import { createAuthentications } from '../src/store/authentications.ts'
import { createIsRecentlyAuthenticated } from '../src/usecases/is-recently-authenticated.ts'
import { errorsOf, goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

const clock = createClock()
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

const reauthenticate = (bearer: string, password: string, headers: Record<string, string> = {}) =>
  identity.call('POST', '/auth/reauthenticate', { bearer, body: { password }, headers })

const isRecent = async (userId: string) => {
  const session = identity.neighbours.session.sessions.findLast(each => each.userId === userId)
  return createIsRecentlyAuthenticated({
    authentications: createAuthentications(identity.database),
    maxAgeSeconds: 600,
    now: clock.now,
  })({ userId: userId as UserId, sessionId: session?.id as SessionId })
}

/** An account whose owner never had a password, as one from another provider. */
const withoutPassword = async () => {
  const user = await identity.register()
  await identity.database.pool.query('DELETE FROM password_credentials WHERE user_id = $1', [user.id])
  return user
}

describe('a proof of who it is', () => {
  it('is as good as new after a registration, a sign-in, and another look at the password, for ten minutes', async () => {
    const { id, email, bearer } = await identity.register()
    expect(await isRecent(id)).toBe(true)
    clock.advance(600_000)
    expect(await isRecent(id)).toBe(false)

    expect((await identity.login(email, goodPassword)).status).toBe(200)
    expect(await isRecent(id)).toBe(true)
    clock.advance(600_000)

    const session = identity.neighbours.session.sessions.findLast(({ userId }) => userId === id)
    const ours = await identity.neighbours.token.sign({ sub: id, sid: session?.id })
    expect((await reauthenticate(ours, goodPassword)).status).toBe(204)
    expect(await isRecent(id)).toBe(true)
    expect(bearer).not.toBe(ours)
  })

  it('counts for its own session and its own user alone', async () => {
    const [first, second] = [await identity.register(), await identity.register()]
    const theirs = identity.neighbours.session.sessions.findLast(({ userId }) => userId === second.id)
    const ask = createIsRecentlyAuthenticated({
      authentications: createAuthentications(identity.database),
      maxAgeSeconds: 600,
      now: clock.now,
    })
    expect(await ask({ userId: first.id as UserId, sessionId: theirs?.id as SessionId })).toBe(false)
    expect(await ask({ userId: first.id as UserId, sessionId: createUuid<SessionId>() })).toBe(false)
  })

  it('is not given for a wrong password, which counts like a failed sign-in', async () => {
    const { bearer, email } = await identity.register()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, guess) => reauthenticate(bearer, `Wrong-Guess-${guess}!`)),
    )
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
    expect(errorsOf(answers.find(({ status }) => status === 400) as never)).toEqual([
      'password: wrong_password',
    ])
    expect((await identity.login(email, goodPassword)).status).toBe(429)
  })

  it('can not be a password that the account does not have', async () => {
    const { bearer } = await withoutPassword()
    expect((await reauthenticate(bearer, goodPassword)).status).toBe(400)
  })
})

describe('an account without a password', () => {
  it('is no way in for any password, and answers as an unknown one', async () => {
    const { email } = await withoutPassword()
    const answer = await identity.login(email, goodPassword)
    expect([answer.status, answer.body.detail]).toEqual([401, 'Invalid email or password'])
  })

  it('is deleted by its owner who has proven lately who they are, and not later', async () => {
    const { id, bearer } = await withoutPassword()
    const remove = (token: string) => identity.call('DELETE', '/auth/me', { bearer: token, body: {} })
    const session = identity.neighbours.session.sessions.findLast(({ userId }) => userId === id)
    const ours = await identity.neighbours.token.sign({ sub: id, sid: session?.id })
    // The bearer of another session than the one that began.
    const other = await identity.neighbours.token.sign({ sub: id, sid: createUuid() })
    const refused = await remove(other)
    expect([refused.status, refused.body.code]).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    expect((await remove(ours)).status).toBe(204)
    expect((await identity.call('GET', '/auth/me', { bearer })).status).toBe(401)
  })

  it('needs its password for that where it has one', async () => {
    const { bearer } = await identity.register()
    const answer = await identity.call('DELETE', '/auth/me', { bearer, body: {} })
    expect(errorsOf(answer)).toEqual(['password: required'])
  })
})
