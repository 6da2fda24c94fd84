/**
 * Sign-in with providers by page (SPEC §2.3): as plain forms with real mails, and in Chromium, with and without JavaScript,
 * on a phone and a desktop, between three origins whose policies must let each other's redirects through.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser } from '@latchkey/testkit'
import type { Browser, Page } from 'playwright-core'
import { accessibilityProblemsOf } from '../src/accessibility.ts'
import { findChromium, screens, startBrowser, whyNoBrowser, withBrowserPage } from '../src/browser.ts'
import { type CallbackServer, startCallbackServer } from '../src/callback-server.ts'
import { continueWithDemo } from '../src/demo-provider.ts'
import { mailTo } from '../src/mails.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
let application: CallbackServer
beforeAll(async () => {
  suite = await sharedSuite()
  application = await startCallbackServer(suite)
})
afterAll(() => application?.close())

const anAddress = () => `upstream-${randomUUID()}@example.com`

describe('as plain forms', () => {
  it('an application that waits gets its code, and the ID token’s amr says fed', async () => {
    const browser = createPlainBrowser(suite.gateway)
    const login = await browser.open(application.signInPath())
    const consent = await continueWithDemo(suite, browser, login.html, { email: anAddress() })
    expect(consent.url.pathname).toBe('/oauth/consent')
    const { url } = await browser.submit(consent, { decision: 'allow' })
    expect(url.searchParams.has('code')).toBe(true)
  })

  it('who has no address there says one and proves it by the mail, in the same browser', async () => {
    const browser = createPlainBrowser(suite.gateway)
    const email = anAddress()
    const login = await browser.open('/login')
    const form = await continueWithDemo(suite, browser, login.html, {
      email: '',
      name: `Nobody ${randomUUID()}`,
    })
    expect(form.url.pathname).toBe('/complete-sign-up')
    const sent = await browser.submit(form, { email })
    expect(sent.html).toContain('Look into your mailbox')
    const { links, subject } = await mailTo(suite, email)
    expect(subject).toBe('Confirm your address for Latchkey')
    const link = links.find(each => each.includes('/complete-sign-up')) ?? ''
    expect((await createPlainBrowser(suite.gateway).open(link)).status).toBe(400)
    const account = await browser.submit(await browser.open(link), {})
    expect(account.url.pathname).toBe('/account')
    expect(account.html).toContain(email)
  })

  it('connects a second account, and disconnects one; the last one stays', async () => {
    const browser = createPlainBrowser(suite.gateway)
    await continueWithDemo(suite, browser, (await browser.open('/login')).html, { email: anAddress() })
    const page = await browser.open('/account/providers')
    const second = { email: anAddress(), verified: false }
    const both = await continueWithDemo(suite, browser, page.html, second, '/account/providers/connect')
    expect(both.html).toContain('Connected.')
    const one = await browser.submit(both, {}, '/account/providers/disconnect')
    expect(one.html).toContain('Disconnected.')
    const still = await browser.submit(one, {}, '/account/providers/disconnect')
    expect(still.html).toContain('the only way into your account')
  })
})

const chromium = findChromium()
if (chromium === undefined) throw new Error(whyNoBrowser)

describe.each(Object.entries(screens))('in Chromium, on %s', (_name, screen) => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser(chromium)
  })
  afterAll(() => browser.close())

  const expectNoProblems = async (page: Page) => {
    // The checker is a script itself.
    if (screen.javaScriptEnabled !== false) expect(await accessibilityProblemsOf(page)).toEqual([])
  }

  const signInUpstream = async (page: Page, email: string) => {
    await page.getByLabel('Email address').fill(email)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  it('goes to the provider and back, for an application too, and blocks nothing on the way', () =>
    withBrowserPage(browser, screen, async (page, said) => {
      await page.goto(suite.gateway + application.signInPath())
      await expectNoProblems(page)
      await page.getByRole('link', { name: 'Continue with Demo provider' }).click()
      await signInUpstream(page, anAddress())
      await page.getByRole('button', { name: 'Allow', exact: true }).click()
      expect(await page.getByRole('heading').textContent()).toBe('Back in the app')
      await page.goto(`${suite.gateway}/account/providers`)
      await expectNoProblems(page)
      expect(said).toEqual([])
    }))

  it('asks for an address, and says what went wrong, in pages that everybody can read', () =>
    withBrowserPage(browser, screen, async (page, said) => {
      await page.goto(`${suite.gateway}/register`)
      await page.getByRole('link', { name: 'Continue with Demo provider' }).click()
      await page.getByRole('button', { name: 'Cancel' }).click()
      expect(await page.getByRole('heading').textContent()).toBe('You have not been signed in')
      await expectNoProblems(page)
      await page.getByRole('link', { name: 'Back to sign-in' }).click()
      await page.getByRole('link', { name: 'Continue with Demo provider' }).click()
      await page.getByLabel('Name').fill(randomUUID())
      await signInUpstream(page, '')
      expect(await page.getByRole('heading').textContent()).toBe('One more step')
      await expectNoProblems(page)
      // What a 400 looks like to Chromium.
      expect(said.filter(line => !line.includes('status of 400'))).toEqual([])
    }))
})
