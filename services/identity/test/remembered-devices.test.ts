/** Devices that are not asked for the second factor for a while. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createClock } from '@latchkey/testkit'
import {
  cookieOf,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'
import { challengeOf, withTotp } from './second-factors.ts'

const clock = createClock()
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
beforeEach(() => {
  // Every test has a code of its own to use.
  clock.advance(60_000)
})
afterAll(() => identity.close())

const person = () => withTotp(identity, clock)

const begin = async (email: string, headers: Record<string, string> = {}) =>
  challengeOf(await identity.login(email, goodPassword, { headers }))

const verify = (mfa_token: string, code: string, more: object = {}, headers: Record<string, string> = {}) =>
  identity.call('POST', '/auth/mfa/verify', { body: { mfa_token, code, ...more }, headers })

describe('a remembered device', () => {
  const remembered = async () => {
    const someone = await person()
    const { email, app, cookie } = someone
    const answer = await verify(
      await begin(email, { cookie }),
      app.nextCode(),
      { remember_device: true },
      { cookie },
    )
    expect(answer.status).toBe(200)
    return someone
  }

  it('is not asked for thirty days, and says that only a password was proven', async () => {
    const { email, cookie } = await remembered()
    expect((await identity.login(email, goodPassword, { headers: { cookie } })).status).toBe(200)
    expect(identity.neighbours.token.issued.at(-1)?.authenticationMethods).toEqual(['pwd'])
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    clock.advance(30 * 86_400_000)
    expect((await identity.login(email, goodPassword, { headers: { cookie } })).status).toBe(401)
  })

  it('is one account’s alone', async () => {
    const { cookie } = await remembered()
    const other = await person()
    expect((await identity.login(other.email, goodPassword, { headers: { cookie } })).status).toBe(401)
  })

  it('ends with a change of the password, and of the factors', async () => {
    const { email, cookie, bearer } = await remembered()
    const change = { current_password: goodPassword, new_password: otherPassword }
    expect((await identity.call('PUT', '/auth/password', { bearer, body: change })).status).toBe(200)
    expect((await identity.login(email, otherPassword, { headers: { cookie } })).body.code).toBe(
      'MFA_REQUIRED',
    )
  })

  it('is not made of who only asks for it', async () => {
    const { email, app } = await person()
    const answer = await verify(await begin(email), app.wrongCode(), { remember_device: true })
    expect([answer.status, cookieOf(answer)]).toEqual([401, ''])
    const { rows } = await identity.database.pool.query(
      'SELECT count(*)::int AS n FROM remembered_devices r JOIN users u ON u.id = r.user_id WHERE u.email = $1',
      [email],
    )
    expect(rows[0].n).toBe(0)
  })
})
