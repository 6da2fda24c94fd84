/** OpenID Connect Front-Channel Logout 1.0 in Chromium: the frame of an application loads, and the browser goes on. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import type { Browser, Page } from 'playwright-core'
import { accessibilityProblemsOf } from '../src/accessibility.ts'
import { findChromium, startBrowser, whyNoBrowser, withBrowserPage } from '../src/browser.ts'
import { createOperator } from '../src/operator.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

const executablePath = findChromium()
const inBrowser = executablePath === undefined ? describe.skip : describe

inBrowser(`a logout in Chromium${executablePath === undefined ? ` (${whyNoBrowser})` : ''}`, () => {
  let suite: Suite
  let browser: Browser
  let server: Server
  let application: { readonly origin: string; readonly clientId: string }
  const loaded: URL[] = []

  beforeAll(async () => {
    suite = await sharedSuite()
    browser = await startBrowser(executablePath ?? '')
    server = createServer((req, res) => {
      const url = new URL(req.url ?? '/', application.origin)
      if (url.pathname === '/out') loaded.push(url)
      res.setHeader('Content-Type', 'text/html').end('<!doctype html><title>App</title><h1>The app</h1>')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const operator = await createOperator(suite)
    const { client_id: clientId } = await operator.makeClient({
      redirect_uris: [`${origin}/callback`],
      post_logout_redirect_uris: [`${origin}/bye`],
      frontchannel_logout_uri: `${origin}/out?app=1`,
      frontchannel_logout_session_required: true,
      scope: 'openid',
      require_consent: false,
    })
    application = { origin, clientId }
  })
  afterAll(async () => {
    await browser?.close()
    server?.closeAllConnections()
    server?.close()
  })

  const signIn = async (page: Page) => {
    const person = aPerson()
    await createDevice(suite).register(person)
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: application.clientId,
      redirect_uri: `${application.origin}/callback`,
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    })
    await page.goto(`${suite.gateway}/oauth/authorize?${query}`)
    await page.getByLabel('Email address', { exact: true }).fill(person.email)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(`${application.origin}/callback?**`)
  }

  const signOut = async (page: Page, parameters: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams({ client_id: application.clientId, ...parameters })
    await page.goto(`${suite.gateway}/oauth/logout?${query}`)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  }

  const expectTold = (times: number) =>
    eventually(() => {
      expect(loaded).toHaveLength(times)
      const { app, iss, sid } = Object.fromEntries(loaded.at(-1)?.searchParams ?? [])
      expect({ app, iss, sid }).toEqual({
        app: '1',
        iss: suite.issuer,
        sid: expect.stringMatching(/^[\da-f-]{36}$/),
      })
    })

  it('tells the application in a frame and goes on by itself', () =>
    withBrowserPage(browser, {}, async (page, said) => {
      const before = loaded.length
      await signIn(page)
      await signOut(page, { post_logout_redirect_uri: `${application.origin}/bye` })
      await page.waitForURL(`${application.origin}/bye`)
      await expectTold(before + 1)
      expect(said).toEqual([])
    }))

  it('does so by a link where there is no JavaScript', () =>
    withBrowserPage(browser, { javaScriptEnabled: false }, async page => {
      const before = loaded.length
      await signIn(page)
      await signOut(page, { post_logout_redirect_uri: `${application.origin}/bye` })
      await expectTold(before + 1)
      await page.getByRole('link', { name: /^Back to / }).click()
      await page.waitForURL(`${application.origin}/bye`)
    }))

  it.each([true, false])(
    'tells it of a sign-out on the account pages, with JavaScript: %s',
    javaScriptEnabled =>
      withBrowserPage(browser, { javaScriptEnabled }, async (page, said) => {
        const before = loaded.length
        await signIn(page)
        await page.goto(`${suite.gateway}/account`)
        await page.getByRole('button', { name: 'Sign out', exact: true }).click()
        await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
        await expectTold(before + 1)
        await page.goto(`${suite.gateway}/account`)
        await page.waitForURL(`${suite.gateway}/login`)
        expect(said).toEqual([])
      }),
  )

  it('stays where the application names no address, on a page that is as accessible as the others', () =>
    withBrowserPage(browser, {}, async (page, said) => {
      const before = loaded.length
      await signIn(page)
      await signOut(page, {})
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
      await expectTold(before + 1)
      expect(await accessibilityProblemsOf(page)).toEqual([])
      expect(said).toEqual([])
    }))
})
