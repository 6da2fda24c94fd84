/** Sign-in with the demo provider, and what it may lead to. */
import type { Page } from 'playwright-core'
import { person, type Scene, send } from './scene.ts'

/** From a page of ours to the demo provider and back. */
const comeThroughProvider = async (page: Page, email: string): Promise<void> => {
  await page.getByRole('link', { name: 'Continue with Demo provider' }).click()
  await page.getByLabel('Email address').fill(email)
  await send(page, 'Sign in')
}

export const providersScenes: readonly Scene[] = [
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
]
