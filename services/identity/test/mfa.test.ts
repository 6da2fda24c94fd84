import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import type { UserId } from '../src/domain/ids.ts'
import { endSessions } from '../src/store/session-endings.ts'
import {
  cookieOf,
  errorsOf,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'
import { anApp, challengeOf, enrol, withTotp } from './second-factors.ts'

const clock = createClock()
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now, env: { EMAIL_SIGN_IN: 'both' } })
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

const statuses = (answers: readonly { readonly status: number }[]) =>
  answers.map(({ status }) => status).sort()

/** A mail leaves with the outbox, in its own time. */
const isMailed = async (email: string, template: string): Promise<boolean> => {
  const deadline = Date.now() + 10_000
  const isSent = () =>
    identity.neighbours.notification.messages.some(
      each => each.recipient === email && each.template === template,
    )
  while (!isSent() && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 50))
  return isSent()
}

describe('setting up an authenticator app', () => {
  it('gives a secret, its address and its picture, and counts once a code of it was shown', async () => {
    const { bearer, begun, email, recoveryCodes } = await person()
    expect(begun.body).toMatchObject({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      otpauth_uri: expect.stringMatching(/^otpauth:\/\/totp\/Latchkey:/),
      qr_svg: expect.stringMatching(/^<svg /),
    })
    expect(recoveryCodes).toHaveLength(10)
    const listed = await identity.call('GET', '/auth/mfa', { bearer })
    expect(listed.body).toMatchObject({
      enabled: true,
      factors: [{ type: 'totp', last_used_at: null }],
      recovery_codes: { left: 10 },
    })
    expect(await isMailed(email, 'second_factor_added')).toBe(true)
  })

  it('does not count before: the sign-in asks for nothing', async () => {
    const { email, bearer } = await identity.register()
    expect((await identity.call('POST', '/auth/mfa/totp', { bearer })).status).toBe(200)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
    expect((await identity.call('GET', '/auth/mfa', { bearer })).body).toMatchObject({
      enabled: false,
      factors: [],
    })
  })

  it('refuses a wrong code, a code without a beginning, and a second app', async () => {
    const { bearer } = await identity.register()
    const confirm = (code: string) =>
      identity.call('POST', '/auth/mfa/totp/confirm', { bearer, body: { code } })
    expect((await confirm('123456')).body.code).toBe('MFA_ENROLMENT_NOT_BEGUN')
    const { app } = await enrol(identity, bearer, clock)
    expect((await confirm(app.nextCode())).body.code).toBe('MFA_ENROLMENT_NOT_BEGUN')
    const again = await identity.call('POST', '/auth/mfa/totp', { bearer })
    expect([again.status, again.body.code]).toEqual([409, 'MFA_FACTOR_EXISTS'])
  })

  it('keeps the secret sealed, and the sealed one is of its row alone', async () => {
    const [first, second] = [await person(), await person()]
    const { pool } = identity.database
    const { rows } = await pool.query('SELECT encode(sealed_secret, $1) AS sealed FROM totp_factors', ['hex'])
    for (const { sealed } of rows)
      expect(sealed).not.toContain(Buffer.from(String(first.begun.body.secret)).toString('hex'))
    await pool.query(
      `UPDATE totp_factors SET sealed_secret = (SELECT sealed_secret FROM totp_factors WHERE user_id = $1) WHERE user_id = $2`,
      [first.id, second.id],
    )
    expect((await verify(await begin(second.email), first.app.nextCode())).status).toBe(500)
  })

  it('asks for a proof of who it is that is not old (ASVS 7.5.1)', async () => {
    const { id } = await person()
    const old = await identity.neighbours.token.sign({ sub: id, sid: createUuid() })
    for (const [method, path] of [
      ['POST', '/auth/mfa/totp'],
      ['POST', '/auth/mfa/totp/confirm'],
      ['POST', '/auth/mfa/recovery-codes'],
      ['DELETE', `/auth/mfa/${createUuid()}`],
    ] as const) {
      const answer = await identity.call(method, path, { bearer: old, body: { code: '123456' } })
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'REAUTHENTICATION_REQUIRED'])
    }
  })

  it('ends the sessions from before, all but its own (ASVS 7.4.3)', async () => {
    const { email, id, bearer } = await identity.register()
    await identity.login(email, goodPassword)
    const sessions = () => identity.neighbours.session.sessions.filter(({ userId }) => userId === id)
    const [own, other] = sessions()
    await identity.neighbours.token.sign({ sub: id, sid: own?.id })
    await enrol(identity, bearer, clock)
    expect(sessions().map(({ endReason }) => endReason)).toEqual([undefined, 'factors_changed'])
    expect(other?.endReason).toBe('factors_changed')
  })

  it('shows the secret to who sets it up, and to no other session or sign-in', async () => {
    const { email, bearer } = await identity.register()
    const other = String((await identity.login(email, goodPassword)).body.access_token)
    const begun = await identity.call('POST', '/auth/mfa/totp', { bearer })
    const body = { code: anApp(String(begun.body.secret), clock).codeNow() }
    const confirmed = await identity.call('POST', '/auth/mfa/totp/confirm', { bearer: other, body })
    expect(confirmed.body.code).toBe('MFA_ENROLMENT_NOT_BEGUN')
    expect((await identity.call('POST', '/auth/mfa/totp/confirm', { bearer, body })).status).toBe(200)
  })

  it('without a password, too, ends the sessions from before and the sign-ins that are under way', async () => {
    const { email, id, bearer } = await identity.register()
    const sessions = identity.neighbours.session.sessions
    const ended = () => sessions.filter(({ userId }) => userId === id).map(({ endReason }) => endReason)
    await identity.login(email, goodPassword)
    await identity.database.pool.query(
      `WITH old AS (DELETE FROM password_credentials WHERE user_id = $1 RETURNING version)
       UPDATE users SET former_credential_version = old.version + 1 FROM old WHERE id = $1`,
      [id],
    )
    await identity.call('POST', '/auth/email/sign-in', { body: { email } })
    const { token } = await identity.mailTo(email, 'email_sign_in')
    identity.neighbours.session.onCreate.push(async () => {
      await enrol(identity, bearer, clock)
    })
    const late = await identity.call('POST', '/auth/email/sign-in/confirm', { body: { token } })
    expect(late.body.code).toBe('INVALID_VERIFICATION_TOKEN')
    expect(ended()).toEqual([undefined, 'factors_changed', expect.any(String)])
  })

  it('is not finished in a session that is ended while it is under way: whoever was in leaves no key behind', async () => {
    const { id, bearer } = await identity.register()
    const begun = await identity.call('POST', '/auth/mfa/totp', { bearer })
    const body = { code: anApp(String(begun.body.secret), clock).codeNow() }
    const client = await identity.database.pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [id])
    const confirming = identity.call('POST', '/auth/mfa/totp/confirm', { bearer, body })
    await eventually(async () => {
      const waiting = 'SELECT FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()'
      expect((await client.query(waiting)).rowCount).not.toBe(0)
    })
    // As the reset does that has come before.
    await endSessions(client, {
      userId: id as UserId,
      exceptSessionId: undefined,
      fromCredentialVersion: 2,
      reason: 'password_reset',
    })
    await client.query('COMMIT')
    client.release()
    expect((await confirming).body.code).toBe('MFA_ENROLMENT_NOT_BEGUN')
    expect((await identity.call('POST', '/auth/mfa/totp', { bearer })).body.code).toBe(
      'REAUTHENTICATION_REQUIRED',
    )
  })

  it('of two confirmations at once, one succeeds', async () => {
    const { bearer } = await identity.register()
    const begun = await identity.call('POST', '/auth/mfa/totp', { bearer })
    const code = anApp(String(begun.body.secret), clock).codeNow()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        identity.call('POST', '/auth/mfa/totp/confirm', { bearer, body: { code } }),
      ),
    )
    expect(statuses(answers)).toEqual([200, 409, 409, 409, 409])
    const made = answers.flatMap(({ body }) =>
      body.recovery_codes === undefined ? [] : [body.recovery_codes],
    )
    expect(made).toHaveLength(1)
  })
})

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
    const deadline = Date.now() + 10_000
    const mail = () =>
      identity.neighbours.notification.messages.findLast(
        each => each.recipient === email && each.template === 'password_reset',
      )
    while (mail() === undefined && Date.now() < deadline)
      await new Promise(resolve => setTimeout(resolve, 50))
    const challenge = await begin(email)
    for (let guess = 0; guess < 5; guess++) await verify(challenge, app.wrongCode())
    const { token = '' } = await identity.unseal(mail()?.sealedData ?? '')
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

describe('recovery codes', () => {
  it('stand in for the factor, once each, however they are typed; their owner is told', async () => {
    const { email, recoveryCodes, bearer } = await person()
    const [code = ''] = recoveryCodes
    const answer = await verify(await begin(email), code.toUpperCase().replaceAll('-', ' '))
    expect(answer.status).toBe(200)
    expect((await verify(await begin(email), code)).body.code).toBe('INVALID_MFA_CODE')
    const listed = await identity.call('GET', '/auth/mfa', { bearer })
    expect(listed.body.recovery_codes).toMatchObject({ left: 9 })
    expect(await isMailed(email, 'recovery_code_used')).toBe(true)
  })

  it('of twenty parallel uses in as many challenges, one succeeds', async () => {
    const { email, recoveryCodes, cookie } = await person()
    const challenges = await Promise.all(Array.from({ length: 4 }, () => begin(email, { cookie })))
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        verify(challenges[index % 4] ?? '', recoveryCodes[1] ?? '', {}, { cookie }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('are replaced as a set, and only hashes of them are kept', async () => {
    const { email, bearer, recoveryCodes } = await person()
    const made = await identity.call('POST', '/auth/mfa/recovery-codes', { bearer })
    const codes = made.body.recovery_codes as string[]
    expect(new Set([...codes, ...recoveryCodes]).size).toBe(20)
    expect((await verify(await begin(email), recoveryCodes[0] ?? '')).status).toBe(401)
    expect((await verify(await begin(email), codes[0] ?? '')).status).toBe(200)
    const { rows } = await identity.database.pool.query('SELECT code_hash FROM recovery_codes')
    for (const { code_hash } of rows)
      expect(codes.map(code => code.replaceAll('-', ''))).not.toContain(code_hash)
    expect(await isMailed(email, 'recovery_codes_renewed')).toBe(true)
  })

  it('are for who has a factor, and go with the last one', async () => {
    const { bearer } = await identity.register()
    expect((await identity.call('POST', '/auth/mfa/recovery-codes', { bearer })).body.code).toBe(
      'MFA_NOT_SET_UP',
    )
    const { app, confirmed } = await enrol(identity, bearer, clock)
    expect(app.codeNow()).toMatch(/^\d{6}$/)
    const [factor] = confirmed.body.factors as { id: string }[]
    expect((await identity.call('DELETE', `/auth/mfa/${factor?.id}`, { bearer })).status).toBe(204)
    expect((await identity.call('GET', '/auth/mfa', { bearer })).body).toEqual({
      enabled: false,
      factors: [],
      recovery_codes: null,
    })
  })
})

describe('removing a factor', () => {
  it('is for its owner alone', async () => {
    const [owner, other] = [await person(), await person()]
    const [factor] = owner.confirmed.body.factors as { id: string }[]
    const remove = (bearer: string) => identity.call('DELETE', `/auth/mfa/${factor?.id}`, { bearer })
    expect((await remove(other.bearer)).status).toBe(404)
    expect((await remove(owner.bearer)).status).toBe(204)
    expect((await remove(owner.bearer)).status).toBe(404)
    expect((await identity.login(owner.email, goodPassword)).status).toBe(200)
    expect(await isMailed(owner.email, 'second_factor_removed')).toBe(true)
  })
})

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
