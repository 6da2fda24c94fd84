/** Where people look after their second factors, and prove who they are by one. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createClock } from '@latchkey/testkit'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { aSignedInVisitor, locationOf, recoveryCodesOn, secretOn, typePassword } from './mfa-visitor.ts'
import { createVisitor } from './pages-visitor.ts'
import { anApp, withTotp } from './second-factors.ts'

const clock = createClock()
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
beforeEach(() => {
  clock.advance(60_000)
})
afterAll(() => identity.close())

describe('/account/security', () => {
  it('sets an app up, shows the recovery codes beside, and takes the app away, without JavaScript', async () => {
    const { email } = await identity.register()
    const visitor = await aSignedInVisitor(identity, { email })
    const overview = await visitor.open('/account/security')
    const begun = await visitor.submit(overview, {}, '/account/security/totp')
    expect(locationOf(begun)).toBe('/account/security/totp')
    const setup = await visitor.open('/account/security/totp')
    expect(setup.text).toMatch(/<svg class="qr" role="img"/)
    const codes = recoveryCodesOn(setup)
    const app = anApp(secretOn(setup), clock)
    const wrong = await visitor.submit(setup, { code: app.wrongCode() }, '/account/security/totp/confirm')
    expect([wrong.status, recoveryCodesOn(wrong)]).toEqual([400, codes])
    const done = await visitor.submit(wrong, { code: app.codeNow() }, '/account/security/totp/confirm')
    expect(locationOf(done)).toBe('/account/security?done=added')
    const after = await visitor.open('/account/security')
    expect(after.text).toContain('Codes left: 10')

    const next = createVisitor(identity)
    const asked = await next.open(locationOf(await typePassword(next, email)))
    expect((await next.submit(asked, { code: codes[0] ?? '' })).status).toBe(303)

    await visitor.submit(after, {}, '/account/security/totp/remove')
    expect(locationOf(await typePassword(createVisitor(identity), email))).toBe('/account')
  })

  it('replaces recovery codes by a button, and not by looking at new ones', async () => {
    const { email, app, recoveryCodes } = await withTotp(identity, clock)
    const visitor = await aSignedInVisitor(identity, { email, app })
    const page = await visitor.open('/account/security/recovery-codes')
    const codes = recoveryCodesOn(page)
    const use = async (code = '') => {
      const other = createVisitor(identity)
      const asked = await other.open(locationOf(await typePassword(other, email)))
      return (await other.submit(asked, { code })).status
    }
    expect([await use(recoveryCodes[0]), await use(codes[0])]).toEqual([303, 401])
    await visitor.submit(page, {}, '/account/security/recovery-codes')
    expect([await use(recoveryCodes[1]), await use(codes[1])]).toEqual([401, 303])
  })

  it('ASVS 6.5.1: gives no used code back to a form that comes twice', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = await aSignedInVisitor(identity, { email, app })
    const page = await visitor.open('/account/security/recovery-codes')
    const [code = ''] = recoveryCodesOn(page)
    const save = async () => locationOf(await visitor.submit(page, {}, '/account/security/recovery-codes'))
    const use = async () => {
      const other = createVisitor(identity)
      const asked = await other.open(locationOf(await typePassword(other, email)))
      return (await other.submit(asked, { code })).status
    }
    expect([await save(), await use()]).toEqual(['/account/security?done=codes', 303])
    expect([await save(), await use()]).toEqual(['/account/security?done=codes', 401])
    expect((await visitor.open('/account/security')).text).toContain('Codes left: 9')
  })

  it('brings codes that others have taken the place of back by no form that was left open', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = await aSignedInVisitor(identity, { email, app })
    const path = '/account/security/recovery-codes'
    const pages = [await visitor.open(path), await visitor.open(path)] as const
    const save = async (page: (typeof pages)[number]) => locationOf(await visitor.submit(page, {}, path))
    expect(await save(pages[0])).toBe('/account/security?done=codes')
    // Shown beside the first ones, and not saved: whoever has written the first ones down has the ones that count.
    expect(await save(pages[1])).toBe(path)
    const last = await visitor.open(path)
    expect(await save(last)).toBe('/account/security?done=codes')
    for (const page of pages) expect(await save(page)).toBe(path)
    const other = createVisitor(identity)
    const asked = await other.open(locationOf(await typePassword(other, email)))
    expect((await other.submit(asked, { code: recoveryCodesOn(last)[0] ?? '' })).status).toBe(303)
  })

  it('takes no codes that were not proposed to this user', async () => {
    const [first, second] = [await withTotp(identity, clock), await withTotp(identity, clock)]
    const one = await aSignedInVisitor(identity, first)
    const other = await aSignedInVisitor(identity, second)
    const path = '/account/security/recovery-codes'
    const foreign = /name="codes" value="([^"]+)"/.exec((await other.open(path)).text)?.[1] ?? ''
    const answer = await one.submit(await one.open(path), { codes: foreign }, path)
    expect(locationOf(answer)).toBe(path)
    expect((await one.open('/account/security')).text).toContain('Codes left: 10')
  })

  it('asks who it is before a change, and takes a code of the app for it (ASVS 7.5.1)', async () => {
    const { email, app } = await withTotp(identity, clock)
    const visitor = await aSignedInVisitor(identity, { email, app })
    clock.advance(600_000)
    const page = await visitor.open('/account/security')
    const refused = await visitor.submit(page, {}, '/account/security/totp/remove')
    expect(locationOf(refused)).toMatch(/^\/account\/confirm\?next=/)
    const confirm = await visitor.open(locationOf(refused))
    const code = app.nextCode()
    const proven = await visitor.submit(confirm, { code }, '/account/confirm/code')
    expect(locationOf(proven)).toBe('/account/security')
    // What has proven it once proves nothing again.
    const again = await visitor.submit(confirm, { code }, '/account/confirm/code')
    expect(again.status).toBe(400)
    await visitor.submit(page, {}, '/account/security/totp/remove')
    expect((await visitor.open('/account/security')).text).toContain('Set up an app')
  })
})

describe('POST /auth/reauthenticate {code}', () => {
  it('is as good as the password, counted, and takes no code twice', async () => {
    const { bearer, app, email } = await withTotp(identity, clock)
    const prove = (code: string) => identity.call('POST', '/auth/reauthenticate', { bearer, body: { code } })
    const code = app.nextCode()
    expect((await prove(code)).status).toBe(204)
    expect((await prove(code)).body.code).toBe('INVALID_MFA_CODE')
    const challenge = String((await identity.login(email, goodPassword)).body.mfa_token)
    const body = { mfa_token: challenge, code }
    expect((await identity.call('POST', '/auth/mfa/verify', { body })).body.code).toBe('INVALID_MFA_CODE')
  })

  it('twenty guesses at once count as twenty, with those of sign-ins', async () => {
    const { bearer, app } = await withTotp(identity, clock)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        identity.call('POST', '/auth/reauthenticate', { bearer, body: { code: app.wrongCode() } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
  })
})
