/** The page that the link of a reset mail opens: as a plain form, and in a real browser (SPEC §2.3; CHECKLIST 9, 36). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { formActionOf, hiddenFieldsOf } from '@latchkey/testkit'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findChromium, screens, startBrowser, whyNoBrowser, withBrowserPage } from '../src/browser.ts'
import { type Answer, call } from '../src/call.ts'
import { requestReset } from '../src/mails.ts'
import { aPerson, createDevice, inParallel } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const newPassword = 'Quite-Another-2!'

const somebodyWithLink = async () => {
  const person = aPerson()
  await createDevice(suite).register(person)
  return { person, ...(await requestReset(suite, person.email)) }
}

describe('the reset page as a plain form', () => {
  const open = (url: URL): Promise<Answer> => call(suite.gateway, 'GET', url.pathname + url.search)
  /** What a simple browser would send: the fields of the form, with the new password filled in. */
  const submit = (page: Answer, password: string): Promise<Answer> => {
    const action = new URL(formActionOf(page.text) ?? '', `${suite.gateway}/reset-password`)
    return call(suite.gateway, 'POST', action.pathname, {
      body: new URLSearchParams({ ...hiddenFieldsOf(page.text), new_password: password }).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
  }

  it('opens without changing anything, however often mail scanners look at it', async () => {
    const { person, url } = await somebodyWithLink()
    const pages = await inParallel(5, () => open(url))
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect((await call(suite.gateway, 'HEAD', url.pathname + url.search)).status).toBe(200)
    await createDevice(suite).signIn(person)
    expect((await submit(await open(url), newPassword)).status).toBe(303)
  })

  it('changes the password and leads on with 303, to a page without the token', async () => {
    const { person, url, token } = await somebodyWithLink()
    const answer = await submit(await open(url), newPassword)
    expect(answer.status).toBe(303)
    expect(answer.headers.location).not.toContain(token)
    const next = new URL(String(answer.headers.location), `${suite.gateway}/reset-password`)
    const done = await call(suite.gateway, 'GET', next.pathname + next.search)
    expect(done.status).toBe(200)
    expect(done.text).toContain('Your password has been changed')
    await createDevice(suite).signIn({ ...person, password: newPassword })
  })

  it('comes back with what is wrong with the password, and works on', async () => {
    const { url } = await somebodyWithLink()
    const again = await submit(await open(url), 'password123')
    expect(again.status).toBe(400)
    expect(again.text).toContain('role="alert"')
    expect(again.text).toContain('an upper-case letter')
    expect(again.text).not.toContain('password123')
    expect((await submit(again, newPassword)).status).toBe(303)
  })

  it('says that a used link is used', async () => {
    const { url } = await somebodyWithLink()
    const page = await open(url)
    await submit(page, newPassword)
    const again = await submit(page, 'Yet-Another-3!')
    expect(again.status).toBe(400)
    expect(again.text).toContain('does not work any more')
  })

  it('sends nothing of the link anywhere: no referrer, nothing from elsewhere, no frame, no script', async () => {
    const { url } = await somebodyWithLink()
    const { headers, text } = await open(url)
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
    })
    const policy = String(headers['content-security-policy'])
    for (const directive of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(directive)
    expect(policy).not.toMatch(/script-src|unsafe/)
    expect(text).not.toMatch(/<script|https?:\/\/|\son\w+=/i)
  })
})

const executablePath = findChromium()
const inBrowser = executablePath === undefined ? describe.skip : describe

inBrowser(`the reset page in Chromium${executablePath === undefined ? ` (${whyNoBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser(executablePath ?? '')
  })
  afterAll(() => browser?.close())

  const withPage = (
    options: BrowserContextOptions,
    work: (page: Page, said: readonly string[]) => Promise<void>,
  ) => withBrowserPage(browser, options, work)

  const fitsWidth = (page: Page): Promise<boolean> =>
    page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)

  it.each(Object.entries(screens))('works on %s, from the mail to the sign-in', async (_, options) => {
    const { person, url } = await somebodyWithLink()
    await withPage(options, async (page, said) => {
      await page.goto(url.href)
      await expect(page.title()).resolves.toBe('Choose a new password · Latchkey')
      const field = page.getByLabel('New password')
      expect(await field.evaluate(element => element.getAttribute('autocomplete'))).toBe('new-password')
      if (options.javaScriptEnabled !== false) expect(await fitsWidth(page)).toBe(true)

      await field.fill('password123')
      await page.getByRole('button', { name: 'Change password' }).click()
      await page.getByRole('alert').waitFor()
      expect(await page.getByRole('alert').textContent()).toContain('an upper-case letter')

      await page.getByLabel('New password').fill(newPassword)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Your password has been changed' }).waitFor()
      expect(page.url()).not.toContain('token')
      // The refusal above is a 400, which browsers note; and they would like a name beside a password.
      expect(said.filter(line => !/status of 400|^\[DOM\]/.test(line))).toEqual([])
    })
    await createDevice(suite).signIn({ ...person, password: newPassword })
  })

  it('is styled by its own policy, and its field can be pasted into (ASVS 6.2.7)', async () => {
    const { url } = await somebodyWithLink()
    await withPage({}, async page => {
      await page.goto(url.href)
      const background = await page
        .getByRole('button')
        .evaluate(element => element.ownerDocument.defaultView?.getComputedStyle(element).backgroundColor)
      expect(background).not.toBe('rgb(239, 239, 239)')
      await page.getByLabel('New password').focus()
      await page.keyboard.insertText(newPassword)
      expect(await page.getByLabel('New password').inputValue()).toBe(newPassword)
    })
  })
})
