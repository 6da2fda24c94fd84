/** Authenticator apps are set up and removed, by their owner alone. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import type { UserId } from '../src/domain/ids.ts'
import { endSessions } from '../src/store/session-endings.ts'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
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
    await identity.mailTo(email, 'second_factor_added')
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
      `WITH old AS (DELETE FROM password_credentials WHERE user_id = $1 RETURNING version),
            kept AS (UPDATE authentications SET credential_version = credential_version + 1 WHERE user_id = $1)
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
    // Else it could be a mail on its way that waits for the row.
    await identity.relayed()
    const client = await identity.database.pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [id])
    const confirming = identity.call('POST', '/auth/mfa/totp/confirm', { bearer, body })
    await eventually(async () => {
      const waiting = `SELECT FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'`
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

describe('removing a factor', () => {
  it('is for its owner alone', async () => {
    const [owner, other] = [await person(), await person()]
    const [factor] = owner.confirmed.body.factors as { id: string }[]
    const remove = (bearer: string) => identity.call('DELETE', `/auth/mfa/${factor?.id}`, { bearer })
    expect((await remove(other.bearer)).status).toBe(404)
    expect((await remove(owner.bearer)).status).toBe(204)
    expect((await remove(owner.bearer)).status).toBe(404)
    expect((await identity.login(owner.email, goodPassword)).status).toBe(200)
    await identity.mailTo(owner.email, 'second_factor_removed')
  })
})
