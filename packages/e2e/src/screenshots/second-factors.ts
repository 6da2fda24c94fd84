/** Passkeys and authenticator apps, set up and asked for. */
import type { Page } from 'playwright-core'
import { createAuthenticatorApp } from '../authenticator-app.ts'
import { aPerson, createDevice, type Person } from '../person.ts'
import type { Suite } from '../suite.ts'
import { addVirtualAuthenticator } from '../virtual-authenticator.ts'
import { type Scene, send, signIn } from './scene.ts'

/** Somebody of their own, so that the others are asked for no second factor, with a passkey that was just added. */
const addPasskey = async (page: Page, suite: Suite): Promise<Person> => {
  const holder = aPerson({ name: 'Jo Doe' })
  await createDevice(suite).register(holder)
  const authenticator = await addVirtualAuthenticator(page, { isSynced: true })
  await authenticator.touchAtOnce(false)
  await page.goto(`${suite.gateway}/login`)
  await signIn(page, holder.password, holder.email)
  await page.goto(`${suite.gateway}/account/passkeys`)
  await page.getByLabel('Name of the passkey').fill('Phone')
  await authenticator.touchAtOnce(true)
  await send(page, 'Add a passkey')
  await page.getByRole('link', { name: 'I have kept them' }).waitFor()
  await authenticator.touchAtOnce(false)
  return holder
}

/** Somebody of their own, at the page that shows the secret of an app. */
const beginApp = async (page: Page, suite: Suite): Promise<Person> => {
  const holder = aPerson({ name: 'Jo Doe' })
  await createDevice(suite).register(holder)
  await page.goto(`${suite.gateway}/login`)
  await signIn(page, holder.password, holder.email)
  await page.goto(`${suite.gateway}/account/security`)
  await send(page, 'Set up an app')
  return holder
}

const setUpApp = async (page: Page, suite: Suite): Promise<Person> => {
  const holder = await beginApp(page, suite)
  const secret = ((await page.locator('code').textContent()) ?? '').replaceAll(' ', '')
  await page.getByRole('textbox', { name: 'Code' }).fill(await createAuthenticatorApp(secret).freshCode())
  await send(page, 'Finish')
  return holder
}

export const secondFactorsScenes: readonly Scene[] = [
  {
    name: 'account-passkeys',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      await addPasskey(page, suite)
      await page.getByRole('link', { name: 'I have kept them' }).click()
    },
  },
  {
    name: 'account-passkeys-codes',
    views: ['narrow'],
    play: async (page, suite) => void (await addPasskey(page, suite)),
  },
  {
    name: 'account-security',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      await setUpApp(page, suite)
      await page.getByText('Codes left: 10').waitFor()
    },
  },
  {
    name: 'account-security-app',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, suite) => {
      await beginApp(page, suite)
    },
  },
  {
    name: 'account-security-codes',
    views: ['narrow'],
    play: async (page, suite) => {
      await setUpApp(page, suite)
      await page.getByRole('link', { name: 'Make new recovery codes' }).click()
    },
  },
  {
    name: 'mfa',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, suite) => {
      const { email, password } = await setUpApp(page, suite)
      await page.goto(`${suite.gateway}/account`)
      await send(page, 'Sign out')
      await signIn(page, password, email)
      await page.getByRole('textbox', { name: 'Code' }).waitFor()
    },
  },
  {
    name: 'mfa-passkey',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      const { email, password } = await addPasskey(page, suite)
      await page.goto(`${suite.gateway}/account`)
      await send(page, 'Sign out')
      await signIn(page, password, email)
      await page.getByRole('button', { name: 'Use a passkey' }).waitFor()
    },
  },
]
