/** What users see of their own account. */
import { person, type Scene, send, signIn } from './scene.ts'

export const accountScenes: readonly Scene[] = [
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
]
