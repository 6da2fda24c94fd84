/** The second factor of a sign-in, over the API: not skipped, not guessed, not used twice. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createClock } from '@latchkey/testkit'
import {
  errorsOf,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'
import { challengeOf, enrol, withTotp } from './second-factors.ts'

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

describe('ASVS 6.4.3: a second factor is not skipped', () => {
  it('the password alone gives a challenge, and no token, cookie or session', async () => {
    const { email, id } = await person()
    const sessions = () => identity.neighbours.session.sessions.filter(({ userId }) => userId === id).length
    const before = sessions()
    const answer = await identity.login(email, goodPassword)
    expect(answer.status).toBe(401)
    expect(answer.body).toMatchObject({
      code: 'MFA_REQUIRED',
      methods: ['totp', 'recovery_code'],
      expires_in: 600,
    })
    expect(Object.keys(answer.body)).not.toContain('access_token')
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(sessions()).toBe(before)
  })

  it('a right code completes it, and the tokens say so (RFC 8176)', async () => {
    const { email, app } = await person()
    const answer = await verify(await begin(email), app.nextCode())
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ token_type: 'Bearer', user: { email } })
    expect(identity.neighbours.token.issued.at(-1)?.authenticationMethods).toEqual(['pwd', 'otp', 'mfa'])
  })

  it('a password reset leaves the factor (and the count of wrong codes)', async () => {
    const { email, app } = await person()
    await identity.call('POST', '/auth/password/reset', { body: { email } })
    const { token } = await identity.mailTo(email, 'password_reset')
    const challenge = await begin(email)
    for (let guess = 0; guess < 5; guess++) await verify(challenge, app.wrongCode())
    const body = { token, new_password: otherPassword }
    expect((await identity.call('POST', '/auth/password/reset/confirm', { body })).status).toBe(200)
    // The challenge rests on a password that is gone, and the next one is still counted.
    expect((await verify(challenge, app.nextCode())).body.code).toBe('INVALID_MFA_TOKEN')
    const anew = challengeOf(await identity.login(email, otherPassword))
    expect((await verify(anew, app.nextCode())).status).toBe(429)
  })

  it('a sign-in that began before the factor was there does not end after it', async () => {
    const { email, id, bearer } = await identity.register()
    identity.neighbours.session.onCreate.push(async () => {
      await enrol(identity, bearer, clock)
    })
    const answer = await identity.login(email, goodPassword)
    expect([answer.status, answer.body.access_token]).toEqual([401, undefined])
    expect(
      identity.neighbours.session.sessions.findLast(({ userId }) => userId === id)?.endReason,
    ).toBeDefined()
  })
})

describe('a challenge', () => {
  it('is completed once, of any number of parallel uses', async () => {
    const { email, app } = await person()
    const challenge = await begin(email)
    const code = app.nextCode()
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(challenge, code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await verify(challenge, app.nextCode())).body.code).not.toBe(undefined)
  })

  it('is over after ten minutes (ASVS 6.5.5)', async () => {
    const { email, app } = await person()
    const challenge = await begin(email)
    clock.advance(600_000)
    expect((await verify(challenge, app.nextCode())).body.code).toBe('INVALID_MFA_TOKEN')
  })

  it('is nothing for the code of another user, nor are a bearer and nonsense challenges', async () => {
    const [victim, attacker] = [await person(), await person()]
    expect((await verify(await begin(victim.email), attacker.app.nextCode())).body.code).toBe(
      'INVALID_MFA_CODE',
    )
    for (const token of [attacker.bearer, 'nonsense', 'A'.repeat(43)])
      expect((await verify(token.slice(0, 500), attacker.app.nextCode())).body.code).toBe('INVALID_MFA_TOKEN')
  })

  it('is no use for setting up another factor', async () => {
    const { email } = await person()
    const mfa_token = await begin(email)
    const answer = await identity.call('POST', '/auth/mfa/enrol', { body: { mfa_token } })
    expect(answer.body.code).toBe('INVALID_MFA_TOKEN')
  })
})

describe('RFC 6238 §5.2: no code works twice', () => {
  it('of twenty parallel uses in as many challenges, one succeeds', async () => {
    const { email, app, cookie } = await person()
    const challenges = await Promise.all(Array.from({ length: 4 }, () => begin(email, { cookie })))
    const code = app.nextCode()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => verify(challenges[index % 4] ?? '', code, {}, { cookie })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('not the one that set the app up, nor an older one', async () => {
    const { email, app } = await person()
    expect((await verify(await begin(email), app.codeNow())).body.code).toBe('INVALID_MFA_CODE')
    clock.advance(60_000)
    expect((await verify(await begin(email), app.codeNow(1))).status).toBe(200)
    expect((await verify(await begin(email), app.codeNow())).body.code).toBe('INVALID_MFA_CODE')
  })
})

describe('CHECKLIST 34: guesses of codes are counted', () => {
  it('twenty at once as twenty, whatever the challenges', async () => {
    const { email, app } = await person()
    const challenges = await Promise.all(Array.from({ length: 4 }, () => begin(email)))
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => verify(challenges[index % 4] ?? '', app.wrongCode())),
    )
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ body }) => body.code === 'ACCOUNT_LOCKED')).toHaveLength(15)
    expect(errorsOf(answers.find(({ status }) => status === 401) as never)).toEqual(['code: wrong_code'])
  })

  it('a right password does not begin the count anew', async () => {
    const { email, app } = await person()
    for (let guess = 0; guess < 5; guess++)
      expect((await verify(await begin(email), app.wrongCode())).status).toBe(401)
    const locked = await verify(await begin(email), app.nextCode())
    expect([locked.status, locked.body.code]).toEqual([429, 'ACCOUNT_LOCKED'])
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(1_700)
  })

  it('a stranger with the password does not lock out the device that its owner is known to use', async () => {
    const { email, app, cookie } = await person()
    for (let guess = 0; guess < 6; guess++) await verify(await begin(email), app.wrongCode())
    expect((await verify(await begin(email, { cookie }), app.nextCode(), {}, { cookie })).status).toBe(200)
  })
})
