/** From the registration over its mail to a verified address (SPEC §2.2, §2.3; CHECKLIST 34, 36). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser } from '@latchkey/testkit'
import { call } from '../src/call.ts'
import { verificationTo } from '../src/mails.ts'
import { aPerson, createDevice, expected } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const somebody = async (headers: Readonly<Record<string, string>> = {}) => {
  const { email, password, name } = aPerson()
  const answer = await call(suite.gateway, 'POST', '/auth/register', {
    json: { email, password, name },
    headers,
  })
  const { access_token: bearer } = expected<{ access_token: string }>(201, answer)
  return { email, password, bearer, ...(await verificationTo(suite, email)) }
}
const isVerified = async (bearer: string) =>
  expected<{ email_verified: boolean }>(200, await call(suite.gateway, 'GET', '/auth/me', { bearer }))
    .email_verified

describe('the address of an account', () => {
  it('is verified by the token of the mail, which `email_verified` says at once', async () => {
    const { bearer, token } = await somebody()
    expect(await isVerified(bearer)).toBe(false)
    expect((await call(suite.gateway, 'POST', '/auth/email/verify', { json: { token } })).status).toBe(200)
    expect(await isVerified(bearer)).toBe(true)
    const again = await call(suite.gateway, 'POST', '/auth/email/verify', { json: { token } })
    expect([again.status, Object(again.json).detail]).toEqual([400, 'Invalid or expired token'])
  })

  it('is verified by the code of the mail, by who is signed in', async () => {
    const { bearer, code } = await somebody()
    expect((await call(suite.gateway, 'POST', '/auth/email/verify', { json: { code }, bearer })).status).toBe(
      200,
    )
    expect(await isVerified(bearer)).toBe(true)
  })

  it('is verified by the button of the page that the link opens, not by opening it', async () => {
    const { bearer, url } = await somebody()
    const scanner = createPlainBrowser(suite.gateway)
    for (let time = 0; time < 3; time += 1) await scanner.open(url.pathname + url.search)
    expect(await isVerified(bearer)).toBe(false)
    const browser = createPlainBrowser(suite.gateway)
    const done = await browser.submit(await browser.open(url.pathname + url.search), {})
    expect(done.url.search).toBe('?done=1')
    expect(await isVerified(bearer)).toBe(true)
  })

  it('CHECKLIST 36: the link is of PUBLIC_URL, whatever the request says of its host', async () => {
    const { url, mail } = await somebody({
      'X-Forwarded-Host': 'evil.example',
      Forwarded: 'host=evil.example',
    })
    expect(url.origin).toBe(new URL(suite.issuer).origin)
    expect(JSON.stringify(mail)).not.toContain('evil')
  })

  it('a bearer that is not good is refused, also where none is needed', async () => {
    const { token } = await somebody()
    const answer = await call(suite.gateway, 'POST', '/auth/email/verify', {
      json: { token },
      bearer: 'nonsense',
    })
    expect(answer.status).toBe(401)
  })

  it('another mail can be asked for, and its token works', async () => {
    const person = aPerson()
    const { access_token: bearer } = await createDevice(suite).register(person)
    await verificationTo(suite, person.email)
    expect((await call(suite.gateway, 'POST', '/auth/email/verify/resend', { bearer })).status).toBe(200)
    const { token } = await verificationTo(suite, person.email, 2)
    expect((await call(suite.gateway, 'POST', '/auth/email/verify', { json: { token } })).status).toBe(200)
  })
})
