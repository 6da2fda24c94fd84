/**
 * The pages as people use them (SPEC §2.3): as plain forms, and in Chromium with and without JavaScript, on a phone and
 * a desktop; from an application to its redirect URI and back (CHECKLIST 8 to 12).
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser, type PlainPage } from '@latchkey/testkit'
import { call } from '../src/call.ts'
import { type CallbackServer, startCallbackServer } from '../src/callback-server.ts'
import { aPerson, createDevice, type Person } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
let application: CallbackServer
beforeAll(async () => {
  suite = await sharedSuite()
  application = await startCallbackServer(suite)
})
afterAll(() => application?.close())

const somebody = async (): Promise<Person & { readonly id: string }> => {
  const person = aPerson()
  const { user } = await createDevice(suite).register(person)
  return { ...person, id: user.id }
}

describe('pages as plain forms', () => {
  const headingOf = ({ html }: PlainPage) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1]

  it('registers, signs out and in again', async () => {
    const browser = createPlainBrowser(suite.gateway)
    const { email, password, name } = aPerson()
    const account = await browser.submit(await browser.open('/register'), { email, password, name })
    expect([account.url.pathname, headingOf(account)]).toEqual(['/account', 'Your account'])
    expect(account.html).toContain(email)
    const login = await browser.submit(account, {}, '/account/sign-out')
    expect(login.url.pathname).toBe('/login')
    expect((await browser.open('/account')).url.pathname).toBe('/login')
    const again = await browser.submit(login, { email, password, remember_me: 'true' })
    expect(again.url.pathname).toBe('/account')
  })

  it('signs in for an application, and leads back to it with a code', async () => {
    const { email, password } = await somebody()
    const browser = createPlainBrowser(suite.gateway)
    const login = await browser.open(application.signInPath({ login_hint: email, ui_locales: 'de' }))
    expect([login.url.pathname, headingOf(login)]).toEqual(['/login', 'Anmelden'])
    expect(login.html).toContain(`value="${email}"`)
    const consent = await browser.submit(login, { email, password })
    expect(consent.url.pathname).toBe('/oauth/consent')
    const { url } = await browser.submit(consent, { decision: 'allow' })
    expect(url.href.split('?')[0]).toBe(application.redirectUri)
    expect(url.searchParams.get('code')).not.toBeNull()
    expect(url.searchParams.get('iss')).toBe(suite.issuer)
  })

  it('asks who is signed in for nothing the second time, and anew where the application wants it', async () => {
    const { email, password } = await somebody()
    const browser = createPlainBrowser(suite.gateway)
    const consent = await browser.submit(await browser.open(application.signInPath()), { email, password })
    await browser.submit(consent, { decision: 'allow' })
    expect((await browser.open(application.signInPath())).url.searchParams.has('code')).toBe(true)
    const login = await browser.open(application.signInPath({ prompt: 'login' }))
    expect(login.url.pathname).toBe('/login')
    expect((await browser.submit(login, { email, password })).url.searchParams.has('code')).toBe(true)
  })

  it('an account that is made on the way leads to the application as well', async () => {
    const browser = createPlainBrowser(suite.gateway)
    const page = await browser.open(application.signInPath({ prompt: 'create' }))
    expect(page.url.pathname).toBe('/register')
    const { email, password, name } = aPerson()
    const consent = await browser.submit(page, { email, password, name })
    expect((await browser.submit(consent, { decision: 'allow' })).url.searchParams.has('code')).toBe(true)
  })

  it('CHECKLIST 11: the address of a sign-in is worth nothing in another browser', async () => {
    const login = await createPlainBrowser(suite.gateway).open(application.signInPath())
    const stolen = await createPlainBrowser(suite.gateway).open(login.url.pathname + login.url.search)
    expect([stolen.status, headingOf(stolen)]).toEqual([400, 'This sign-in can’t go on from here'])
  })

  it('CHECKLIST 11: signing out ends the sign-in everywhere it counts', async () => {
    const { email, password } = await somebody()
    const browser = createPlainBrowser(suite.gateway)
    const account = await browser.submit(await browser.open('/login'), { email, password })
    await browser.submit(account, {}, '/account/sign-out')
    expect((await browser.open(application.signInPath())).url.pathname).toBe('/login')
  })

  it('the session list shows a sign-in by page, and ending it there signs the browser out', async () => {
    const person = await somebody()
    const { email, password } = person
    const browser = createPlainBrowser(suite.gateway)
    await browser.submit(await browser.open('/login'), { email, password })
    const device = createDevice(suite)
    const { access_token: bearer } = await device.signIn(person)
    expect((await device.send('GET', '/auth/sessions', { bearer })).json).toMatchObject({ total: 3 })
    await device.send('DELETE', '/auth/sessions', { bearer })
    expect((await browser.open('/account')).url.pathname).toBe('/login')
  })

  it('a form without its proof is refused in a page, whatever it holds', async () => {
    const { email, password } = await somebody()
    for (const headers of [{}, { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }]) {
      const answer = await call(suite.gateway, 'POST', '/login', {
        body: new URLSearchParams({ email, password }).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      })
      expect(answer.status).toBe(403)
      expect(answer.headers['set-cookie']).toBeUndefined()
      expect(answer.text).toContain(String(answer.headers['x-request-id']))
    }
  })
})
