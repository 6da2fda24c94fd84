import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClock } from '@latchkey/testkit'
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

const verify = (body: object, bearer?: string) =>
  identity.call('POST', '/auth/email/verify', { body, ...(bearer === undefined ? {} : { bearer }) })
const resend = (bearer: string) => identity.call('POST', '/auth/email/verify/resend', { bearer })
const mailOf = (email: string, count = 1) => identity.mailTo(email, 'email_verification', count)
const isVerified = async (bearer: string) =>
  (await identity.call('GET', '/auth/me', { bearer })).body.email_verified
const wrongCodeFor = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

const invalid = {
  status: 400,
  body: { code: 'INVALID_VERIFICATION_TOKEN', detail: 'Invalid or expired token' },
}

describe('the mail of a registration', () => {
  it('goes to the address as it was written, in the language of who registers, and works for a day', async () => {
    const at = clock.now().getTime()
    const email = `Jo.${at}@example.com`
    const headers = { 'accept-language': 'fr-CA, en;q=0.5' }
    const body = { email, password: goodPassword, name: 'Jo' }
    await identity.call('POST', '/auth/register', { body, headers })
    const { mail, token, code } = await mailOf(email)
    expect(mail).toMatchObject({ recipient: email, locale: 'fr-CA', data: {} })
    expect(mail.expiresAt?.seconds).toBe(Math.floor((at + 86_400_000) / 1_000))
    expect([token, code]).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^\d{6}$/)])
  })

  it('ASVS 11.4: leaves neither token nor code behind, nor a hash that codes can be tried against', async () => {
    const { email, id } = await identity.register()
    const { token, code } = await mailOf(email)
    const { rows } = await identity.database.pool.query('SELECT * FROM email_proofs WHERE user_id = $1', [id])
    expect(rows).toMatchObject([{ purpose: 'verification', sealed_data: null }])
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${token}|"${code}"`))
    expect(rows[0].code_hash).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('POST /auth/email/verify', () => {
  it('takes the token of the link, and tells the token service', async () => {
    const { email, id, bearer } = await identity.register()
    const { token } = await mailOf(email)
    expect(await isVerified(bearer)).toBe(false)
    expect(await verify({ token })).toMatchObject({
      status: 200,
      body: { message: 'Email address verified' },
    })
    expect(await isVerified(bearer)).toBe(true)
    await identity.relayed()
    expect(identity.neighbours.token.subjects).toContainEqual(
      expect.objectContaining({ userId: id, emailVerified: true, version: 2 }),
    )
    expect(await verify({ token })).toMatchObject(invalid)
  })

  it('takes the code of who is signed in, however it is grouped', async () => {
    const { email, bearer } = await identity.register()
    const { code } = await mailOf(email)
    expect((await verify({ code: `${code.slice(0, 3)} ${code.slice(3)}` }, bearer)).status).toBe(200)
    expect(await isVerified(bearer)).toBe(true)
  })

  it('takes the code of a named address from who is not', async () => {
    const { email, bearer } = await identity.register()
    const { code } = await mailOf(email)
    expect((await verify({ code, email: email.toUpperCase() })).status).toBe(200)
    expect(await isVerified(bearer)).toBe(true)
  })

  it('ASVS 6.5.1: works once under twenty parallel requests, by link and by code', async () => {
    for (const by of ['token', 'code'] as const) {
      const { email, bearer } = await identity.register()
      const mail = await mailOf(email)
      const body = by === 'token' ? { token: mail.token } : { code: mail.code }
      const answers = await Promise.all(Array.from({ length: 20 }, () => verify(body, bearer)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(await isVerified(bearer)).toBe(true)
    }
  })

  it('CHECKLIST 34: twenty parallel guesses count as twenty, and lock the right code out too', async () => {
    const { email } = await identity.register()
    const { code } = await mailOf(email)
    const guesses = await Promise.all(
      Array.from({ length: 20 }, () => verify({ email, code: wrongCodeFor(code) })),
    )
    expect(guesses.filter(({ status }) => status === 400)).toHaveLength(5)
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(15)
    const locked = await verify({ email, code })
    expect(locked).toMatchObject({ status: 429, body: { code: 'ACCOUNT_LOCKED' } })
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
    // All secrets of an account share one count.
    expect((await identity.login(email, goodPassword)).status).toBe(429)
  })

  it('counts for an unknown address alike', async () => {
    const email = 'nobody-at-all@example.com'
    const answers = []
    for (let guess = 0; guess < 6; guess += 1) answers.push(await verify({ email, code: '123456' }))
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 429])
  })

  it('ASVS 6.5.5: a code lives ten minutes, a link a day', async () => {
    const { email, bearer } = await identity.register()
    const { token, code } = await mailOf(email)
    clock.advance(600_000)
    expect(await verify({ code }, bearer)).toMatchObject(invalid)
    clock.advance(86_400_000 - 600_000)
    expect(await verify({ token })).toMatchObject(invalid)
    clock.advance(-1)
    expect((await verify({ token })).status).toBe(200)
    clock.advance(1 - 86_400_000)
  })

  it('takes a code for no other account', async () => {
    const [one, other] = [await identity.register(), await identity.register()]
    const { code } = await mailOf(one.email)
    const { code: otherCode } = await mailOf(other.email)
    if (code !== otherCode) expect(await verify({ code }, other.bearer)).toMatchObject(invalid)
  })

  it('takes nothing for an address that the account does not have any more, or that is disabled', async () => {
    const [moved, disabled] = [await identity.register(), await identity.register()]
    const tokens = [(await mailOf(moved.email)).token, (await mailOf(disabled.email)).token]
    await identity.database.pool.query(`UPDATE users SET email_key = 'x' || email_key WHERE id = $1`, [
      moved.id,
    ])
    await identity.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id])
    for (const token of tokens) expect(await verify({ token })).toMatchObject(invalid)
  })

  it('answers 400 to what is neither, and 401 to a code of nobody', async () => {
    for (const body of [
      {},
      { token: '' },
      { token: 'x', code: '1' },
      { email: 'a@example.com' },
      { token: 5 },
    ])
      expect((await verify(body)).status).toBe(400)
    expect(await verify({ token: 'A'.repeat(43) })).toMatchObject(invalid)
    expect((await verify({ code: '123456' })).status).toBe(401)
  })
})

describe('POST /auth/email/verify/resend', () => {
  it('sends another mail, and any of them confirms the address', async () => {
    const { email, bearer } = await identity.register()
    const first = await mailOf(email)
    expect((await resend(bearer)).status).toBe(200)
    const second = await mailOf(email, 2)
    expect(second.token).not.toBe(first.token)
    expect((await verify({ token: first.token })).status).toBe(200)
    expect(await verify({ token: second.token })).toMatchObject(invalid)
  })

  it('sends nothing once the address is confirmed, and needs a bearer', async () => {
    const { email, bearer } = await identity.register()
    await verify({ token: (await mailOf(email)).token })
    expect((await resend(bearer)).body).toEqual({ message: 'Email address is verified already' })
    await identity.relayed()
    expect((await mailOf(email)).count).toBe(1)
    expect((await identity.call('POST', '/auth/email/verify/resend')).status).toBe(401)
  })

  it('a reset confirmed by mail proves the address too, and lets its open links die', async () => {
    const { email } = await identity.register()
    const { token } = await mailOf(email)
    await identity.call('POST', '/auth/password/reset', { body: { email } })
    const reset = await identity.mailTo(email, 'password_reset')
    const body = { token: reset.token, new_password: otherPassword }
    await identity.call('POST', '/auth/password/reset/confirm', { body })
    expect((await identity.login(email, otherPassword)).body.user).toMatchObject({ email_verified: true })
    expect(await verify({ token })).toMatchObject(invalid)
    expect(errorsOf(await verify({}))).not.toEqual([])
  })
})
