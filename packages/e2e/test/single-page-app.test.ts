/** The single-page app of the examples in a real browser: oidc-client-ts, silent renewal, two tabs (SPEC §2.1). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { findChromium, startBrowser, whyNoBrowser } from '../src/browser.ts'
import { startServingExample } from '../src/example.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

const executablePath = findChromium()
const inBrowser = executablePath === undefined ? describe.skip : describe

inBrowser(
  `the single-page app in Chromium${executablePath === undefined ? ` (${whyNoBrowser})` : ''}`,
  () => {
    let suite: Suite
    let app: Awaited<ReturnType<typeof startServingExample>>
    let browser: Browser
    beforeAll(async () => {
      suite = await sharedSuite()
      app = await startServingExample(suite, 'single-page-app')
      browser = await startBrowser(executablePath ?? '')
    })
    afterAll(async () => {
      await browser?.close()
      await app?.stop()
    })

    /** Somebody who has signed in, in a browser of their own whose clock can be moved on. */
    const withSignedIn = async (
      work: (signedIn: { page: Page; context: BrowserContext; said: readonly string[] }) => Promise<void>,
    ) => {
      const person = aPerson()
      await createDevice(suite).register(person)
      const context = await browser.newContext()
      await context.clock.install()
      // What the browser complains about: blocked scripts, refused answers, failed loads.
      const said: string[] = []
      context.on('console', message => void (message.type() === 'error' && said.push(message.text())))
      context.on('weberror', error => said.push(error.error().message))
      try {
        const page = await context.newPage()
        await page.goto(app.origin)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.waitForURL(`${suite.gateway}/login*`)
        await page.locator('input[name=email]').fill(person.email)
        await page.locator('input[name=password]').fill(person.password)
        await page.locator('input[name=password]').press('Enter')
        await page.locator('button[name=decision][value=allow]').click()
        await page.waitForURL(`${app.origin}/`)
        await page.getByText(`Signed in as ${person.name}`).waitFor()
        await work({ page, context, said })
        expect(said).toEqual([])
      } finally {
        await context.close()
      }
    }

    const renewals = async (page: Page, count: number): Promise<void> => {
      await page.getByText(`Tokens renewed ${count} times`).waitFor()
      expect(await page.getByRole('status').textContent()).toContain('Signed in as')
    }
    const renew = (page: Page) => page.getByRole('button', { name: 'Renew the tokens' }).click()

    it('signs its user in, and leaves no code in the address', () =>
      withSignedIn(async ({ page }) => {
        expect(page.url()).toBe(`${app.origin}/`)
        await page.reload()
        await page.getByText('Signed in as').waitFor()
      }))

    it('renews its tokens before they end, without its user', () =>
      withSignedIn(async ({ page, context }) => {
        await context.clock.fastForward('14:10')
        await renewals(page, 1)
        await context.clock.fastForward('14:10')
        await renewals(page, 2)
        expect(context.pages()).toHaveLength(1)
      }))

    it('stays signed in in two tabs that renew at the same moment', () =>
      withSignedIn(async ({ page, context }) => {
        const other = await context.newPage()
        await other.goto(app.origin)
        await other.getByText('Signed in as').waitFor()
        for (const count of [1, 2, 3]) {
          await Promise.all([renew(page), renew(other)])
          await Promise.all([renewals(page, count), renewals(other, count)])
        }
        await context.clock.fastForward('14:10')
        await Promise.all([renewals(page, 4), renewals(other, 4)])
      }))

    it('signs out of itself and of Latchkey', () =>
      withSignedIn(async ({ page }) => {
        await page.getByRole('button', { name: 'Sign out' }).click()
        await page.getByText('Signed out').waitFor()
        expect(page.url()).toBe(`${app.origin}/`)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.waitForURL(`${suite.gateway}/login*`)
      }))
  },
)
