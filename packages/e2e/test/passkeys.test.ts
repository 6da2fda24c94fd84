/**
 * Passkeys as people use them, in Chromium with its virtual authenticators: synced and bound to a device, as the only
 * factor and as the second one, by the button and in the field for the address; and the pages without JavaScript.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { accessibilityProblemsOf } from '../src/accessibility.ts'
import { findChromium, screens, startBrowser, whyNoBrowser, withBrowserPage } from '../src/browser.ts'
import { type CallbackServer, startCallbackServer } from '../src/callback-server.ts'
import { aPerson, createDevice, type Person } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'
import {
  addVirtualAuthenticator,
  type VirtualAuthenticator,
  type VirtualAuthenticatorInit,
} from '../src/virtual-authenticator.ts'

const executablePath = findChromium()
const inBrowser = executablePath === undefined ? describe.skip : describe

inBrowser(`passkeys in Chromium${executablePath === undefined ? ` (${whyNoBrowser})` : ''}`, () => {
  let suite: Suite
  let application: CallbackServer
  let browser: Browser
  beforeAll(async () => {
    suite = await sharedSuite()
    application = await startCallbackServer(suite)
    browser = await startBrowser(executablePath ?? '')
  })
  afterAll(async () => {
    await browser?.close()
    await application?.close()
  })

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
  const signIn = async (page: Page, { email, password }: Person) => {
    await page.goto(`${suite.gateway}/login`)
    await page.getByLabel('Email address', { exact: true }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await press(page, 'Sign in')
  }
  const signOut = async (page: Page) => {
    await page.goto(`${suite.gateway}/account`)
    await press(page, 'Sign out')
    await heading(page, 'Sign in')
  }

  interface Visit {
    readonly page: Page
    readonly person: Person
    readonly authenticator: VirtualAuthenticator
  }

  /** Somebody who is signed in and has just added a passkey on the page. */
  const withHolder = async (
    { isOfferedInField = false, ...init }: VirtualAuthenticatorInit & { isOfferedInField?: boolean },
    work: (visit: Visit) => Promise<void>,
    screen: BrowserContextOptions = {},
  ) => {
    const person = aPerson()
    await createDevice(suite).register(person)
    await withBrowserPage(browser, screen, async (page, said) => {
      const authenticator = await addVirtualAuthenticator(page, init)
      // Where nobody chooses, Chromium gives the touch that is meant for the button to the field.
      if (!isOfferedInField)
        await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = undefined')
      // Nobody touches it before they are asked to: the field for the address waits as long as it likes.
      await authenticator.touchAtOnce(false)
      await signIn(page, person)
      await page.goto(`${suite.gateway}/account/passkeys`)
      await page.getByLabel('Name of the passkey').fill('Blue key')
      await authenticator.touchAtOnce(true)
      await press(page, 'Add a passkey')
      await heading(page, 'Keep your recovery codes')
      await work({ page, person, authenticator })
      // Refusals are 4xx, which browsers note.
      expect(said.filter(line => !/status of 4\d\d|^\[DOM\]/.test(line))).toEqual([])
    })
  }

  it.each([
    ['synced', 'Synced to your devices', { isSynced: true }],
    ['bound to its device', 'On one device only', { isSynced: false }],
  ] as const)('one that is %s is enrolled, shown, and signs in without an address', (_, kind, init) =>
    withHolder(init, async ({ page, person, authenticator }) => {
      expect(await authenticator.credentials()).toMatchObject([
        { isResidentCredential: true, backupEligibility: init.isSynced },
      ])
      await page.getByRole('link', { name: 'I have kept them' }).click()
      await page.getByText('Blue key', { exact: true }).waitFor()
      expect(await page.getByRole('listitem').filter({ hasText: 'Blue key' }).textContent()).toContain(kind)
      expect(await accessibilityProblemsOf(page)).toEqual([])
      await authenticator.touchAtOnce(false)
      await signOut(page)
      await authenticator.touchAtOnce(true)
      await press(page, 'Sign in with a passkey')
      await page.getByText(person.email).waitFor()
    }),
  )

  it.each(Object.entries(screens).filter(([, { javaScriptEnabled }]) => javaScriptEnabled !== false))(
    'it leads on %s from an application and back to it',
    (_, screen) =>
      withHolder(
        { isSynced: true },
        async ({ page, authenticator }) => {
          await authenticator.touchAtOnce(false)
          await signOut(page)
          await page.goto(suite.gateway + application.signInPath())
          expect(await accessibilityProblemsOf(page)).toEqual([])
          await authenticator.touchAtOnce(true)
          await press(page, 'Sign in with a passkey')
          await press(page, 'Allow')
          await heading(page, 'Back in the app')
          expect(application.received()?.has('code')).toBe(true)
        },
        screen,
      ),
  )

  it('it is offered in the field for the address (conditional mediation)', () =>
    withHolder({ isSynced: true, isOfferedInField: true }, async ({ page, person, authenticator }) => {
      await authenticator.touchAtOnce(false)
      await signOut(page)
      expect(await page.getByLabel('Email address').getAttribute('autocomplete')).toBe('username webauthn')
      // The browser offers it by itself, and its owner takes it there.
      await authenticator.touchAtOnce(true)
      await page.reload()
      await page.getByText(person.email).waitFor()
      expect(new URL(page.url()).pathname).toBe('/account')
    }))

  it('it is the second factor after a password', () =>
    withHolder({ isSynced: false }, async ({ page, person, authenticator }) => {
      await authenticator.touchAtOnce(false)
      await signOut(page)
      await signIn(page, person)
      await heading(page, 'One more step')
      expect(await accessibilityProblemsOf(page)).toEqual([])
      await authenticator.touchAtOnce(true)
      await press(page, 'Use a passkey')
      await page.getByText(person.email).waitFor()
    }))

  it('a key without a PIN is a second factor, and no way in of its own', () =>
    withHolder({ isSynced: false, isPlainKey: true }, async ({ page, person }) => {
      await page.getByRole('link', { name: 'I have kept them' }).click()
      await page.getByText('Blue key', { exact: true }).waitFor()
      expect(await page.getByRole('button', { name: 'Remove my password' }).count()).toBe(0)
      await signOut(page)
      await press(page, 'Sign in with a passkey')
      await page.getByText('No passkey was used. Try again, or choose another way.').waitFor()
      await signIn(page, person)
      await press(page, 'Use a passkey')
      await page.getByText(person.email).waitFor()
    }))

  it('says so where its owner was not recognized, and lets them try again', () =>
    withHolder({ isSynced: true }, async ({ page, person, authenticator }) => {
      await authenticator.touchAtOnce(false)
      await signOut(page)
      await authenticator.recognizeUser(false)
      await authenticator.touchAtOnce(true)
      await press(page, 'Sign in with a passkey')
      await page.getByText('No passkey was used. Try again, or choose another way.').waitFor()
      await authenticator.recognizeUser(true)
      await press(page, 'Sign in with a passkey')
      await page.getByText(person.email).waitFor()
    }))

  it('is not enrolled twice on one device', () =>
    withHolder({ isSynced: true }, async ({ page }) => {
      await page.goto(`${suite.gateway}/account/passkeys`)
      await press(page, 'Add a passkey')
      await page.getByText('This device has a passkey of yours already.').waitFor()
    }))

  it('takes the place of the password, and stays then', () =>
    withHolder({ isSynced: true }, async ({ page, person, authenticator }) => {
      await page.goto(`${suite.gateway}/account/passkeys`)
      await press(page, 'Remove my password')
      await page.getByText('Your password has been removed.').waitFor()
      await press(page, 'Remove Blue key')
      await page.getByText('Nothing else opens your account.').waitFor()
      await authenticator.touchAtOnce(false)
      await signOut(page)
      await signIn(page, person)
      expect(await page.getByRole('alert').textContent()).toContain('Invalid email or password')
      await authenticator.touchAtOnce(true)
      await press(page, 'Sign in with a passkey')
      await page.getByText(person.email).waitFor()
    }))

  it('signs in no more once it was removed', () =>
    withHolder({ isSynced: true }, async ({ page, authenticator }) => {
      // As a browser that does not want to hear of it.
      await page.addInitScript('PublicKeyCredential.signalAllAcceptedCredentials = undefined')
      await page.goto(`${suite.gateway}/account/passkeys`)
      await authenticator.touchAtOnce(false)
      await press(page, 'Remove Blue key')
      await page.getByText('The passkey has been removed.').waitFor()
      await signOut(page)
      await authenticator.touchAtOnce(true)
      await press(page, 'Sign in with a passkey')
      await page.getByText('This passkey was not accepted').waitFor()
      // Where it is told so, the browser forgets it.
      expect(await authenticator.credentials()).toEqual([])
    }))

  it('nothing of it is offered without JavaScript', async () => {
    for (const screen of [screens['a phone without JavaScript'], screens['a desktop without JavaScript']])
      await withBrowserPage(browser, screen ?? {}, async (page, said) => {
        const person = aPerson()
        await createDevice(suite).register(person)
        await page.goto(`${suite.gateway}/login`)
        expect(await page.getByRole('button').allTextContents()).toEqual(['Sign in'])
        await signIn(page, person)
        await page.goto(`${suite.gateway}/account/passkeys`)
        await page.getByText('Adding one needs JavaScript').waitFor()
        expect(await page.getByRole('button', { name: 'Add a passkey' }).count()).toBe(0)
        expect(said).toEqual([])
      })
  })
})
