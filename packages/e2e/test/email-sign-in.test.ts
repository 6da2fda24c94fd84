/** A mail to sign in with, and a change of address, from the page over the mailbox and back (SPEC §2.3; CHECKLIST 34, 36, 38). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser, eventually } from '@latchkey/testkit'
import { call } from '../src/call.ts'
import { codeIn, mailsTo, verificationTo } from '../src/mails.ts'
import { aPerson, createDevice, expected } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

/** The newest mail to an address whose link leads there. */
const mailWith = (email: string, path: string) =>
  eventually(
    async () => {
      const mails = await mailsTo(suite, email)
      const mail = mails.find(({ links }) => links.some(link => link.includes(path)))
      if (mail === undefined) throw new Error(`no mail to ${email} with ${path} yet`)
      const url = new URL(mail.links.find(link => link.includes(path)) ?? '')
      return { url, code: codeIn(mail), token: url.searchParams.get('token') ?? '' }
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  )

const somebody = async () => {
  const person = aPerson()
  const { access_token: bearer } = await createDevice(suite).register(person)
  return { ...person, bearer }
}

describe('sign-in by mail', () => {
  it('by the code, typed where it was asked for', async () => {
    const { email } = await somebody()
    const browser = createPlainBrowser(suite.gateway)
    const page = await browser.submit(await browser.open('/login/email'), { email })
    const { code, url } = await mailWith(email, '/login/email/confirm')
    expect(url.origin).toBe(new URL(suite.issuer).origin)
    const account = await browser.submit(page, { code })
    expect([account.url.pathname, account.html.includes(email)]).toEqual(['/account', true])
  })

  it('by the button of the link; scanners that open it use nothing up', async () => {
    const { email } = await somebody()
    const browser = createPlainBrowser(suite.gateway)
    await browser.submit(await browser.open('/login/email'), { email })
    const { url } = await mailWith(email, '/login/email/confirm')
    const path = url.pathname + url.search
    for (let time = 0; time < 3; time += 1) await createPlainBrowser(suite.gateway).open(path)
    const account = await browser.submit(await browser.open(path), {})
    expect(account.url.pathname).toBe('/account')
    expect((await browser.open(path)).status).toBe(400)
  })

  it('at the API, with amr otp in the token', async () => {
    const { email } = await somebody()
    await call(suite.gateway, 'POST', '/auth/email/sign-in', { json: { email } })
    const { token } = await mailWith(email, '/login/email/confirm')
    const answer = await call(suite.gateway, 'POST', '/auth/email/sign-in/confirm', { json: { token } })
    const { access_token } = expected<{ access_token: string }>(200, answer)
    const me = await call(suite.gateway, 'GET', '/auth/me', { bearer: access_token })
    expect(me.json).toMatchObject({ email, email_verified: true })
  })
})

describe('a change of address', () => {
  it('needs a yes of both addresses', async () => {
    const { email, bearer, password } = await somebody()
    const { token } = await verificationTo(suite, email)
    expected(200, await call(suite.gateway, 'POST', '/auth/email/verify', { json: { token } }))
    const { email: next } = aPerson()
    expected(202, await call(suite.gateway, 'POST', '/auth/email/change', { bearer, json: { email: next } }))
    const yes = async (address: string) => {
      const mail = await mailWith(address, '/confirm-email-change')
      const json = { token: mail.token }
      return expected<{ status: string }>(
        200,
        await call(suite.gateway, 'POST', '/auth/email/change/confirm', { json }),
      ).status
    }
    expect([await yes(email), await yes(next)]).toEqual(['waiting', 'changed'])
    const login = (address: string) =>
      call(suite.gateway, 'POST', '/auth/login', { json: { email: address, password } })
    expect([(await login(email)).status, (await login(next)).status]).toEqual([401, 200])
  })
})
