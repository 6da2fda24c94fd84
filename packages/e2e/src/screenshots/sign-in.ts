/** The ways in by password, and what stands beside them. */
import { requestReset } from '../mails.ts'
import { aNotMeLink } from '../not-me-link.ts'
import { person, type Scene, send, signIn } from './scene.ts'

export const signInScenes: readonly Scene[] = [
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
]
