/** Pictures of every page for the documentation: what is on them, and how they are taken. */
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createAuthenticatorApp } from './authenticator-app.ts'
import { call } from './call.ts'
import { type CallbackServer, startCallbackServer } from './callback-server.ts'
import { requestReset } from './mails.ts'
import { aNotMeLink } from './not-me-link.ts'
import { callbackUri, makeClient } from './oauth-client.ts'
import { addMember, inviteByMail, makeOrganization } from './organizations.ts'
import { aPerson, createDevice, type Person } from './person.ts'
import type { Suite } from './suite.ts'
import { addVirtualAuthenticator } from './virtual-authenticator.ts'

type View = 'narrow' | 'wide' | 'dark'

const views: Readonly<Record<View, BrowserContextOptions>> = {
  narrow: { viewport: { width: 360, height: 720 }, colorScheme: 'light' },
  wide: { viewport: { width: 1_024, height: 720 }, colorScheme: 'light' },
  dark: { viewport: { width: 1_024, height: 720 }, colorScheme: 'dark' },
}

interface Scene {
  readonly name: string
  readonly views: readonly View[]
  readonly play: (page: Page, suite: Suite, application: CallbackServer) => Promise<void>
}

const person = aPerson({ email: 'jo.doe@example.com', name: 'Jo Doe' })

const send = (page: Page, button: string) => page.getByRole('button', { name: button, exact: true }).click()

const signIn = async (page: Page, password: string, email = person.email): Promise<void> => {
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(password)
  await send(page, 'Sign in')
}

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

/** A device that waits to be let in. */
const userCodeOf = async ({ gateway, demo }: Suite): Promise<string> => {
  const basic = Buffer.from(`${demo.client_id}:${demo.client_secret}`).toString('base64')
  const { text } = await call(gateway, 'POST', '/oauth/device_authorization', {
    body: 'scope=openid email',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Basic ${basic}` },
  })
  return JSON.parse(text).user_code
}

/** From a page of ours to the demo provider and back. */
const comeThroughProvider = async (page: Page, email: string): Promise<void> => {
  await page.getByRole('link', { name: 'Continue with Demo provider' }).click()
  await page.getByLabel('Email address').fill(email)
  await send(page, 'Sign in')
}

const scenes: readonly Scene[] = [
  {
    name: 'login',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/login`)),
  },
  {
    name: 'login-refused',
    views: ['narrow', 'dark'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, 'Wrong-Guess-1!')
    },
  },
  {
    name: 'register',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/register`)),
  },
  {
    name: 'register-refused',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/register`)
      await page.getByLabel('Name').fill('Jo')
      await page.getByLabel('Email address').fill(person.email)
      await page.getByLabel('Password').fill('password')
      await send(page, 'Create account')
    },
  },
  {
    name: 'forgot-password',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/forgot-password`)),
  },
  {
    name: 'forgot-password-sent',
    views: ['narrow'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/forgot-password?sent=1`)),
  },
  {
    name: 'reset-password-refused',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      const { url } = await requestReset(suite, person.email)
      await page.goto(url.href)
      await page.getByLabel('New password').fill('abc')
      await send(page, 'Change password')
    },
  },
  {
    name: 'not-me',
    views: ['narrow', 'wide'],
    play: async (page, suite) =>
      void (await page.goto(`${suite.gateway}${await aNotMeLink(suite, person.email)}`)),
  },
  {
    name: 'session-review',
    views: ['narrow', 'wide'],
    play: async (page, suite) =>
      void (await page.goto(`${suite.gateway}${await aNotMeLink(suite, person.email, { isReview: true })}`)),
  },
  {
    name: 'not-me-done',
    views: ['narrow'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/sessions/not-me?done=not_me`)),
  },
  {
    name: 'account',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
    },
  },
  {
    name: 'account-password',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.getByRole('link', { name: 'Password' }).click()
    },
  },
  {
    name: 'account-sessions',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.getByRole('link', { name: 'Devices' }).click()
    },
  },
  {
    name: 'account-providers',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await comeThroughProvider(page, 'jo@demo.example')
      await page.getByRole('link', { name: 'Sign-ins' }).click()
    },
  },
  {
    name: 'complete-sign-up',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await comeThroughProvider(page, '')
    },
  },
  {
    name: 'provider-cancelled',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await page.getByRole('link', { name: 'Continue with Demo provider' }).click()
      await send(page, 'Cancel')
    },
  },
  {
    name: 'provider-account-exists',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await comeThroughProvider(page, person.email)
    },
  },
  {
    name: 'demo-provider',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await page.getByRole('link', { name: 'Continue with Demo provider' }).click()
    },
  },
  {
    name: 'account-apps',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }, application) => {
      await page.goto(gateway + application.signInPath({ scope: 'openid profile email offline_access' }))
      await signIn(page, person.password)
      if (page.url().includes('/oauth/consent')) await send(page, 'Allow')
      await page.goto(`${gateway}/account/apps`)
    },
  },
  {
    name: 'account-data',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.getByRole('link', { name: 'Data' }).click()
    },
  },
  {
    name: 'account-confirm',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.goto(`${gateway}/account/confirm?next=/account/data`)
    },
  },
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
  {
    name: 'login-for-application',
    views: ['narrow'],
    play: async (page, { gateway }, application) =>
      void (await page.goto(gateway + application.signInPath({ ui_locales: 'fr' }))),
  },
  {
    name: 'consent',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, { gateway }, application) => {
      await page.goto(gateway + application.signInPath({ scope: 'openid profile email offline_access' }))
      await signIn(page, person.password)
    },
  },
  {
    name: 'organization-choice',
    views: ['narrow', 'wide'],
    play: async (page, suite, application) => {
      const { user } = await createDevice(suite).signIn(person)
      for (const name of ['Acme Ltd', 'Umbrella'])
        await addMember(suite, await makeOrganization(suite, name), user.id)
      const { client_id } = await makeClient(suite, { scope: 'openid organization', name: 'Book Shop' })
      const asked = { client_id, redirect_uri: callbackUri, scope: 'openid organization' }
      await page.goto(suite.gateway + application.signInPath(asked))
      await signIn(page, person.password)
    },
  },
  {
    name: 'invitation',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      const { path } = await inviteByMail(suite, await makeOrganization(suite), person.email)
      await page.goto(`${suite.gateway}/login`)
      await signIn(page, person.password)
      await page.goto(suite.gateway + path)
    },
  },
  {
    name: 'invitation-signed-out',
    views: ['narrow'],
    play: async (page, suite) => {
      const { path } = await inviteByMail(suite, await makeOrganization(suite), aPerson().email)
      await page.goto(suite.gateway + path)
    },
  },
  {
    name: 'device',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/oauth/device`)),
  },
  {
    name: 'device-confirmation',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      await page.goto(`${suite.gateway}/oauth/device`)
      await page.getByRole('textbox').fill(await userCodeOf(suite))
      await page.getByRole('button').click()
      await signIn(page, person.password)
    },
  },
  {
    name: 'device-connected',
    views: ['narrow'],
    play: async (page, suite) => {
      await page.goto(`${suite.gateway}/oauth/device`)
      await page.getByRole('textbox').fill(await userCodeOf(suite))
      await page.getByRole('button').click()
      await signIn(page, person.password)
      await send(page, 'Allow')
    },
  },
  {
    name: 'logout',
    views: ['narrow', 'wide'],
    play: async (page, { gateway, demo }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.goto(`${gateway}/oauth/logout?client_id=${demo.client_id}`)
    },
  },
  {
    name: 'logged-out',
    views: ['narrow'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/oauth/logout`)),
  },
  {
    name: 'error-of-application',
    views: ['wide'],
    play: async (page, { gateway }) =>
      void (await page.goto(
        `${gateway}/oauth/authorize?client_id=demo&response_type=code&redirect_uri=https://evil.example`,
      )),
  },
  {
    name: 'error',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/login?flow=unknown`)),
  },
]

/** Writes `<scene>-<view>.png` for each, or for those that are wanted, and gives their names. */
export const takeScreenshots = async (
  browser: Browser,
  suite: Suite,
  folder: string,
  wanted: readonly string[] = [],
): Promise<string[]> => {
  await createDevice(suite).register(person)
  const application = await startCallbackServer(suite)
  const names: string[] = []
  for (const scene of scenes.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    for (const view of scene.views) {
      const context = await browser.newContext(views[view])
      const page = await context.newPage()
      await scene.play(page, suite, application)
      const name = `${scene.name}-${view}.png`
      await page.screenshot({ path: join(folder, name), fullPage: true, animations: 'disabled' })
      names.push(name)
      await context.close()
    }
  }
  await application.close()
  return names
}
