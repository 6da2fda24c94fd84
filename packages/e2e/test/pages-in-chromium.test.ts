/** The pages in a real browser: journeys through them, the keyboard, and accessibility (SPEC §2.3; WCAG 2.2 AA). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { accessibilityProblemsOf } from '../src/accessibility.ts'
import { findChromium, screens, startBrowser, whyNoBrowser, withBrowserPage } from '../src/browser.ts'
import { call } from '../src/call.ts'
import { type CallbackServer, startCallbackServer } from '../src/callback-server.ts'
import { requestReset, verificationTo } from '../src/mails.ts'
import { aNotMeLink } from '../src/not-me-link.ts'
import { callbackUri, makeClient } from '../src/oauth-client.ts'
import { postForm } from '../src/operator.ts'
import { addMember, inviteByMail, makeOrganization } from '../src/organizations.ts'
import { aPerson, createDevice, expected, type Person } from '../src/person.ts'
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

const executablePath = findChromium()
const inBrowser = executablePath === undefined ? describe.skip : describe

inBrowser(`pages in Chromium${executablePath === undefined ? ` (${whyNoBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser(executablePath ?? '')
  })
  afterAll(() => browser?.close())

  const withPage = (
    options: BrowserContextOptions,
    work: (page: Page, said: readonly string[]) => Promise<void>,
  ) => withBrowserPage(browser, options, work)

  const open = (page: Page, path: string) => page.goto(suite.gateway + path)
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const fillIn = async (page: Page, fields: Readonly<Record<string, string>>) => {
    for (const [label, text] of Object.entries(fields))
      await page.getByLabel(label, { exact: true }).fill(text)
  }

  it.each(Object.entries(screens))(
    'lead on %s from an application through all of them and back',
    async (_, options) => {
      const { email, password, name } = aPerson()
      await withPage(options, async (page, said) => {
        await open(page, application.signInPath())
        await page.getByRole('link', { name: 'Create an account' }).click()
        await fillIn(page, { Name: name, 'Email address': email, Password: 'password' })
        await press(page, 'Create account')
        await page.getByText('It must contain a digit.').waitFor()
        await fillIn(page, { Password: password })
        await press(page, 'Create account')
        await press(page, 'Allow')
        // Chromium holds redirects after a form to the page's form-action.
        await page.getByRole('heading', { name: 'Back in the app' }).waitFor()
        expect(application.received()?.has('code')).toBe(true)

        await open(page, '/account')
        await page.getByText(email).waitFor()
        await press(page, 'Sign out')
        await fillIn(page, { 'Email address': email, Password: 'Wrong-Guess-1!' })
        await press(page, 'Sign in')
        await page.getByRole('alert').getByText('Invalid email or password').waitFor()
        await page.getByLabel('Password').fill(password)
        await page.getByLabel('Keep me signed in').check()
        await page.keyboard.press('Enter')
        await page.getByRole('heading', { name: 'Your account' }).waitFor()
        // Refusals are 4xx, which browsers note; the app has no icon.
        expect(said.filter(line => !/status of 4\d\d|^\[DOM\]/.test(line))).toEqual([])
      })
    },
  )

  it.each([true, false])(
    'post the answer where the application wants a form, with JavaScript: %s',
    async javaScriptEnabled => {
      const { email, password } = await somebody()
      await withPage({ javaScriptEnabled }, async (page, said) => {
        await open(page, application.signInPath({ response_mode: 'form_post', state: 'by-form' }))
        await fillIn(page, { 'Email address': email, Password: password })
        await press(page, 'Sign in')
        await press(page, 'Allow')
        if (!javaScriptEnabled) {
          await page.getByRole('heading', { name: 'Going on' }).waitFor()
          await press(page, 'Continue')
        }
        await page.getByRole('heading', { name: 'Back in the app' }).waitFor()
        expect(page.url()).toBe(application.redirectUri)
        expect(application.received()?.get('state')).toBe('by-form')
        expect(application.received()?.has('code')).toBe(true)
        expect(said.filter(line => !/status of 4\d\d/.test(line))).toEqual([])
      })
    },
  )

  it('send a mail with a link, from a phone without JavaScript', async () => {
    const person = await somebody()
    await withPage(screens['a phone without JavaScript'] ?? {}, async page => {
      await open(page, '/login')
      await page.getByRole('link', { name: 'Forgotten your password?' }).click()
      await fillIn(page, { 'Email address': person.email })
      await press(page, 'Send the link')
      await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
    })
  })

  it('can be used by keyboard alone, and always show where one is (WCAG 2.2 §2.1.1, §2.4.7)', async () => {
    const { email, password } = await somebody()
    await withPage({}, async page => {
      await open(page, '/login')
      await page.keyboard.type(email)
      await page.keyboard.press('Tab')
      await page.keyboard.type(password)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      await page.keyboard.press('Tab')
      const outline = await page
        .locator(':focus')
        .evaluate(element => element.ownerDocument.defaultView?.getComputedStyle(element).outlineStyle)
      expect(outline).toBe('solid')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Your account' }).waitFor()
    })
  })

  it('are looked at by a check that finds something', async () => {
    await withPage({}, async page => {
      await page.setContent('<title>x</title><input><p style="color:#eee">pale</p>')
      expect((await accessibilityProblemsOf(page)).map(problem => problem.split(' ')[0])).toEqual(
        expect.arrayContaining(['color-contrast', 'html-has-lang', 'label']),
      )
    })
  })

  /** As it stands, in light and in dark colours. */
  const expectAccessible = async (page: Page) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await accessibilityProblemsOf(page)).toEqual([])
    }
  }

  const scenes: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
    'sign-in': page => open(page, '/login'),
    'a refused sign-in': async page => {
      await open(page, '/login')
      await fillIn(page, { 'Email address': aPerson().email, Password: 'Wrong-Guess-1!' })
      await press(page, 'Sign in')
      await page.getByRole('alert').waitFor()
    },
    registration: page => open(page, '/register'),
    'a refused registration': async page => {
      await open(page, '/register')
      await fillIn(page, { Name: 'Jo', 'Email address': aPerson().email, Password: 'a' })
      await press(page, 'Create account')
      await page.getByText('It must contain a digit.').waitFor()
    },
    'a forgotten password': page => open(page, '/forgot-password'),
    'a mail that was sent': page => open(page, '/forgot-password?sent=1'),
    'a refused new password': async page => {
      const { url } = await requestReset(suite, (await somebody()).email)
      await page.goto(url.href)
      await fillIn(page, { 'New password': 'a' })
      await press(page, 'Change password')
      await page.getByText('It must contain a digit.').waitFor()
    },
    'a code to be typed': page => open(page, '/verify-email'),
    'another verification mail': page => open(page, '/verify-email/resend'),
    'a verification link': page => open(page, `/verify-email?token=${'A'.repeat(43)}`),
    'a verified address': page => open(page, '/verify-email?done=1'),
    'sign-in by mail': page => open(page, '/login/email'),
    'a sign-in mail that was sent': async page => {
      await open(page, '/login/email')
      await fillIn(page, { 'Email address': aPerson().email })
      await press(page, 'Send the mail')
      await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
    },
    'a change of address': page => open(page, `/confirm-email-change?token=${'A'.repeat(43)}`),
    'a dead link': page => open(page, '/reset-password'),
    'a changed password': page => open(page, '/reset-password?done=1'),
    'whether it was them, and that it wasn’t': async page => {
      const { email } = await somebody()
      await open(page, await aNotMeLink(suite, email, { isReview: true }))
      await page.getByRole('button', { name: 'It was me', exact: true }).waitFor()
      await expectAccessible(page)
      await open(page, await aNotMeLink(suite, email))
      await expectAccessible(page)
      await press(page, 'It wasn’t me')
      await page.getByRole('heading', { name: 'That device has been signed out' }).waitFor()
    },
    'consent, and then the account': async page => {
      const { email, password } = await somebody()
      await open(page, application.signInPath())
      await fillIn(page, { 'Email address': email, Password: password })
      await press(page, 'Sign in')
      await page.getByRole('button', { name: 'Allow', exact: true }).waitFor()
      await expectAccessible(page)
      await open(page, '/account')
    },
    'an invitation, before and after': async page => {
      const { email, password } = await somebody()
      const { path } = await inviteByMail(suite, await makeOrganization(suite), email)
      await open(page, path)
      await expectAccessible(page)
      await open(page, '/login')
      await fillIn(page, { 'Email address': email, Password: password })
      await press(page, 'Sign in')
      await page.waitForURL(/\/account$/)
      await open(page, path)
      await expectAccessible(page)
      await press(page, 'Join')
      await page.getByRole('heading', { name: 'You have joined' }).waitFor()
    },
    'organizations, and an invitation that is declined': async page => {
      const { email, password, id } = await somebody()
      const { token } = await verificationTo(suite, email)
      await call(suite.gateway, 'POST', '/auth/email/verify', { json: { token } })
      await addMember(suite, await makeOrganization(suite, 'Acme Ltd'), id, ['owner'])
      await inviteByMail(suite, await makeOrganization(suite, 'Umbrella'), email)
      await open(page, '/login')
      await fillIn(page, { 'Email address': email, Password: password })
      await press(page, 'Sign in')
      await page.getByRole('link', { name: 'Organizations' }).click()
      expect(await accessibilityProblemsOf(page)).toEqual([])
      await press(page, 'Leave Acme Ltd')
      await page.getByText('You are the last owner').waitFor()
      expect(await accessibilityProblemsOf(page)).toEqual([])
      await press(page, 'Decline the invitation of Umbrella')
      await page.getByText('Declined').waitFor()
    },
    'a dead invitation': page => open(page, '/invitations/accept'),
    'the choice of an organization': async page => {
      const { email, password, id } = await somebody()
      for (const name of ['Acme Ltd', 'Umbrella'])
        await addMember(suite, await makeOrganization(suite, name), id)
      const client = await makeClient(suite, { scope: 'openid organization' })
      const asked = { client_id: client.client_id, redirect_uri: callbackUri, scope: 'openid organization' }
      await open(page, application.signInPath(asked))
      await fillIn(page, { 'Email address': email, Password: password })
      await press(page, 'Sign in')
      await page.getByRole('heading', { name: 'Which organization?' }).waitFor()
    },
    'a device': page => open(page, '/oauth/device'),
    'a device that asks, and is let in': async page => {
      const { email, password } = await somebody()
      const device = await postForm(suite, '/oauth/device_authorization', suite.demo, {
        scope: 'openid email',
      })
      await open(page, '/oauth/device')
      await fillIn(page, { Code: expected<{ user_code: string }>(200, device).user_code })
      await press(page, 'Continue')
      await fillIn(page, { 'Email address': email, Password: password })
      await press(page, 'Sign in')
      await page.getByRole('button', { name: 'Allow', exact: true }).waitFor()
      await expectAccessible(page)
      await press(page, 'Allow')
      await page.getByRole('heading', { name: 'The device is connected' }).waitFor()
    },
    'a logout, before and after': async page => {
      const { email, password } = await somebody()
      await open(page, '/login')
      await fillIn(page, { 'Email address': email, Password: password })
      await press(page, 'Sign in')
      await page.getByRole('heading', { name: 'Your account' }).waitFor()
      await open(page, `/oauth/logout?client_id=${suite.demo.client_id}`)
      await expectAccessible(page)
      await press(page, 'Sign out')
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    },
    'an error': page => open(page, '/login?flow=unknown'),
    'a mistyped address': page => open(page, '/acount'),
    'an error of an application': page => open(page, '/oauth/authorize?client_id=nobody'),
  }

  it.each(Object.entries(scenes))(
    'hold to WCAG 2.2 AA, light and dark, down to 320 px: %s',
    async (_, play) => {
      await withPage({ viewport: { width: 320, height: 640 } }, async page => {
        await play(page)
        await expectAccessible(page)
        const fits = await page
          .locator('html')
          .evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)
        expect(fits).toBe(true)
      })
    },
  )
})
