import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256Hex } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import {
  errorsOf,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

const request = (email: string, headers: Record<string, string> = {}) =>
  identity.call('POST', '/auth/password/reset', { body: { email }, headers })
const confirm = (token: string, new_password = otherPassword) =>
  identity.call('POST', '/auth/password/reset/confirm', { body: { token, new_password } })
const resetMails = (email: string) =>
  identity.neighbours.notification.messages.filter(
    ({ recipient, template }) => recipient === email && template === 'password_reset',
  )
/** Asks for a reset and reads the mail. */
const tokenFor = async (email: string): Promise<string> => {
  const before = resetMails(email).length
  await request(email)
  const mail = await eventually(() => {
    const found = resetMails(email)[before]
    if (found === undefined) throw new Error('no mail yet')
    return found
  })
  return String((await identity.unseal(mail.sealedData)).token)
}
const pendingOutbox = async () =>
  Number(
    (await identity.database.pool.query('SELECT count(*) FROM outbox WHERE relayed_at IS NULL')).rows[0]
      ?.count,
  )

describe('POST /auth/password/reset', () => {
  it('ASVS 6.3.8: answers the same for known and unknown addresses, and mails only the known one', async () => {
    const { email } = await identity.register()
    const unknown = `nobody-${createUuid()}@example.com`
    const [a, b] = [await request(email), await request(unknown)]
    expect([a.status, a.text]).toEqual([200, b.text])
    expect([...a.headers.keys()]).toEqual([...b.headers.keys()])
    await eventually(async () => expect(await pendingOutbox()).toBe(0))
    expect(resetMails(email)).toHaveLength(1)
    expect(resetMails(unknown)).toHaveLength(0)
  })

  it('mails the address of the account, in the language asked for, with an hour to use it', async () => {
    const email = `Jo.Doe-${createUuid()}@example.com`
    await identity.register({ email })
    const at = clock.now().getTime()
    await request(email.toLowerCase(), { 'accept-language': 'de-CH, en;q=0.5' })
    await eventually(() => expect(resetMails(email)).toHaveLength(1))
    const [mail] = resetMails(email)
    expect(mail).toMatchObject({ recipient: email, locale: 'de-CH', data: {} })
    expect(mail?.expiresAt?.seconds).toBe(Math.floor((at + 3_600_000) / 1_000))
    expect(await identity.unseal(String(mail?.sealedData))).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
    })
  })

  it('keeps of the token nothing but its hash, in Postgres and in Redis', async () => {
    const { email, id } = await identity.register()
    const token = await tokenFor(email)
    const tokenHash = sha256Hex(token)
    const { rows } = await identity.database.pool.query('SELECT * FROM password_resets WHERE user_id = $1', [
      id,
    ])
    expect(rows).toMatchObject([{ token_hash: tokenHash }])
    await eventually(async () => expect(await identity.redis.exists(`password_reset:${tokenHash}`)).toBe(1))
    const tables = ['users', 'password_resets', 'password_credentials', 'login_attempts', 'outbox']
    for (const table of tables) {
      const all = await identity.database.pool.query(`SELECT t::text AS text FROM ${table} t`)
      expect(JSON.stringify(all.rows)).not.toContain(token)
    }
  })

  it('sends an account no more than five mails an hour, whoever asks', async () => {
    const { email } = await identity.register()
    for (let wish = 0; wish < 8; wish += 1) expect((await request(email)).status).toBe(200)
    await eventually(async () => expect(await pendingOutbox()).toBe(0))
    expect(resetMails(email)).toHaveLength(5)
  })

  it('sends nothing to a disabled account', async () => {
    const { email, id } = await identity.register()
    await identity.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id])
    await request(email)
    await eventually(async () => expect(await pendingOutbox()).toBe(0))
    expect(resetMails(email)).toEqual([])
  })

  it('answers 400 to what is no address', async () => {
    expect(errorsOf(await request('nonsense'))).toEqual(['email: email_invalid'])
    expect((await identity.call('POST', '/auth/password/reset', { body: {} })).status).toBe(400)
  })
})

describe('POST /auth/password/reset/confirm', () => {
  it('sets the password, unlocks the account, ends every session, confirms the address, tells the owner', async () => {
    const { email, id, cookie } = await identity.register()
    for (let guess = 0; guess < 5; guess += 1) await identity.login(email, otherPassword)
    const token = await tokenFor(email)
    expect((await confirm(token)).status).toBe(200)
    const sessions = identity.neighbours.session.sessions.filter(({ userId }) => userId === id)
    expect(sessions.map(({ endReason }) => endReason)).toEqual(['password_reset'])
    expect((await identity.login(email, goodPassword, { headers: { cookie } })).status).toBe(401)
    const signedIn = await identity.login(email, otherPassword)
    expect(signedIn.status).toBe(200)
    expect(signedIn.body.user).toMatchObject({ email_verified: true })
    await eventually(() =>
      expect(identity.neighbours.notification.messages).toContainEqual(
        expect.objectContaining({ recipient: email, template: 'password_changed' }),
      ),
    )
    await eventually(() =>
      expect(identity.neighbours.token.offlineEndings).toContainEqual({
        userId: id,
        sessionId: '',
        signedInUntil: expect.anything(),
      }),
    )
    await eventually(() =>
      expect(identity.neighbours.token.subjects).toContainEqual(
        expect.objectContaining({ userId: id, emailVerified: true, version: 2 }),
      ),
    )
    await eventually(async () =>
      expect(await identity.redis.exists(`password_reset:${sha256Hex(token)}`, `failed_login:${email}`)).toBe(
        0,
      ),
    )
  })

  const invalid = { status: 400, body: { code: 'INVALID_RESET_TOKEN', detail: 'Invalid or expired token' } }

  it('works once', async () => {
    const { email } = await identity.register()
    const token = await tokenFor(email)
    expect((await confirm(token)).status).toBe(200)
    expect(await confirm(token, 'Third-Harbour-44!')).toMatchObject(invalid)
    expect((await identity.login(email, otherPassword)).status).toBe(200)
  })

  it('works once under ten parallel requests', async () => {
    const { email } = await identity.register()
    const token = await tokenFor(email)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, wish) => confirm(token, `Wished-Harbour-${wish}!`)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9)
    const winner = answers.findIndex(({ status }) => status === 200)
    expect((await identity.login(email, `Wished-Harbour-${winner}!`)).status).toBe(200)
  })

  it('lets the other links of the user die with a success, also when they are followed at the same time', async () => {
    const { email } = await identity.register()
    const tokens = [await tokenFor(email), await tokenFor(email), await tokenFor(email)]
    const answers = await Promise.all(tokens.map((token, wish) => confirm(token, `Wished-Harbour-${wish}!`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
    for (const token of tokens) expect(await confirm(token, 'Third-Harbour-44!')).toMatchObject(invalid)
  })

  it('lets open links die with a password change', async () => {
    const { email, bearer } = await identity.register()
    const token = await tokenFor(email)
    const body = { current_password: goodPassword, new_password: otherPassword }
    await identity.call('PUT', '/auth/password', { bearer, body })
    expect(await confirm(token, 'Third-Harbour-44!')).toMatchObject(invalid)
  })

  it('works for 3600 seconds', async () => {
    const { email } = await identity.register()
    const token = await tokenFor(email)
    clock.advance(3_600_000)
    expect(await confirm(token)).toMatchObject(invalid)
    clock.advance(-1)
    expect((await confirm(token)).status).toBe(200)
    clock.advance(-3_599_999)
  })

  it('does not spend the token on a password that is refused', async () => {
    const { email } = await identity.register()
    const token = await tokenFor(email)
    expect(errorsOf(await confirm(token, 'weak'))).toContain('new_password: password_too_short')
    expect(errorsOf(await confirm(token, goodPassword))).toEqual(['new_password: password_used_before'])
    expect((await confirm(token)).status).toBe(200)
  })

  it.each(['x', 'A'.repeat(43), '../../etc/passwd', "' OR 1=1 --"])('refuses the token %j', async token => {
    expect(await confirm(token)).toMatchObject(invalid)
  })

  it('answers 400 to what is missing', async () => {
    const answer = await identity.call('POST', '/auth/password/reset/confirm', { body: {} })
    expect(errorsOf(answer)).toEqual(['token: required', 'new_password: required'])
  })
})

describe('/reset-password', () => {
  const post = (fields: Record<string, string>) =>
    identity.call('POST', '/reset-password', {
      raw: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })

  it('shows a form that needs no script, and opening it changes nothing', async () => {
    const { email } = await identity.register()
    const token = await tokenFor(email)
    for (let time = 0; time < 3; time += 1) {
      const page = await identity.call('GET', `/reset-password?token=${token}`)
      expect(page.status).toBe(200)
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(page.headers.get('referrer-policy')).toBe('no-referrer')
      expect(page.headers.get('cache-control')).toBe('no-store')
      expect(page.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'$/,
      )
      expect(page.text).toContain(`name="token" value="${token}"`)
      expect(page.text).toContain('name="new_password"')
      expect(page.text).not.toMatch(/<script|https?:/)
    }
    const done = await post({ token, new_password: otherPassword })
    expect([done.status, done.headers.get('location')]).toEqual([303, '/reset-password?done=1'])
    expect((await identity.call('GET', '/reset-password?done=1')).text).toContain('has been changed')
    expect((await identity.login(email, otherPassword)).status).toBe(200)
    expect((await post({ token, new_password: otherPassword })).status).toBe(400)
  })

  it('says what is wrong with a password, and keeps the token', async () => {
    const { email } = await identity.register()
    const token = await tokenFor(email)
    const page = await post({ token, new_password: 'PASSWORD123!' })
    expect(page.status).toBe(400)
    expect(page.text).toContain('must contain a lower-case letter')
    expect(page.text).toContain(token)
    expect(page.text).not.toContain('PASSWORD123!')
  })

  it('leaves whoever was in no recent proof, although the session service has not heard of it yet', async () => {
    const { email, bearer } = await identity.register()
    const token = await tokenFor(email)
    expect((await confirm(token)).status).toBe(200)
    for (const path of ['/auth/mfa/totp', '/auth/mfa/passkeys/options', '/auth/email/change'])
      expect(
        await identity.call('POST', path, { bearer, body: { email: `evil-${createUuid()}@example.com` } }),
      ).toMatchObject({ status: 403, body: { code: 'REAUTHENTICATION_REQUIRED' } })
  })

  it('escapes whatever comes with the link', async () => {
    const hostile = encodeURIComponent('"><script>alert(1)</script>')
    const page = await identity.call('GET', `/reset-password?token=${hostile}`)
    expect(page.text).not.toContain('<script')
  })

  it('says so when the link is dead, the form broken or the method wrong, in a page', async () => {
    const answers = [
      await post({ token: 'x', new_password: otherPassword }),
      await post({}),
      await identity.call('GET', '/reset-password'),
      await identity.call('POST', '/reset-password', { body: {} }),
      await identity.call('DELETE', '/reset-password'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 415, 405])
    for (const { headers } of answers) expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  })
})
