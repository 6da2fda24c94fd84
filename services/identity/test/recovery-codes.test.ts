/** Codes that stand in for a lost factor. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createClock } from '@latchkey/testkit'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
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

describe('recovery codes', () => {
  it('stand in for the factor, once each, however they are typed; their owner is told', async () => {
    const { email, recoveryCodes, bearer } = await person()
    const [code = ''] = recoveryCodes
    const answer = await verify(await begin(email), code.toUpperCase().replaceAll('-', ' '))
    expect(answer.status).toBe(200)
    expect((await verify(await begin(email), code)).body.code).toBe('INVALID_MFA_CODE')
    const listed = await identity.call('GET', '/auth/mfa', { bearer })
    expect(listed.body.recovery_codes).toMatchObject({ left: 9 })
    await identity.mailTo(email, 'recovery_code_used')
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
    await identity.mailTo(email, 'recovery_codes_renewed')
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
